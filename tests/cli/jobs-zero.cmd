nocturne render job.yaml -j 0
