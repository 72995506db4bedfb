nocturne check "$CASES/jobs/bad.yaml" --format short
