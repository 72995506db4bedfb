nocturne check - <"$CASES/jobs/missing.yaml"
