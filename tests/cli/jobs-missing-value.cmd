nocturne render job.yaml -j
