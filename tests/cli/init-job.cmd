nocturne init && nocturne check job.yaml && ls && head -n 1 job.yaml
