mkfifo job.yaml
nocturne check job.yaml
