nocturne rendr job.yaml
