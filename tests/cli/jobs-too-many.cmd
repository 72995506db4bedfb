nocturne render job.yaml -j 1e9
