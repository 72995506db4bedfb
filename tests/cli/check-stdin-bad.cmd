nocturne check - <"$CASES/jobs/bad.yaml"
