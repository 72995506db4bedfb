nocturne render job.yaml -j -1
