nocturne --version | sed -E 's/[0-9].*//'
