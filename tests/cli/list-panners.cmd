nocturne list panners
