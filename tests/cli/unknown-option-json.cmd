nocturne render job.yaml --json --jbos 4
