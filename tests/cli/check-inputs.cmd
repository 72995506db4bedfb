nocturne check "$CASES/jobs/missing.yaml" --inputs
