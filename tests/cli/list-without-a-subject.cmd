nocturne list
