nocturne check "$CASES/jobs/good.yaml" --lint
