nocturne list layer
