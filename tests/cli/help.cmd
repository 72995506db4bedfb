nocturne --help
