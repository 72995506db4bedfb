nocturne qc --help
