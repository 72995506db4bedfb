nocturne check "$CASES/jobs/bad.yaml" --format=github
