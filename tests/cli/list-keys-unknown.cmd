nocturne list keys layer
