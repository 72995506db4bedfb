nocturne render job.yaml --jbos 4
