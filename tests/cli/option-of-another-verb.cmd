nocturne check job.yaml --csv
