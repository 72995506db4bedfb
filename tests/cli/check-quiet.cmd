nocturne check "$CASES/jobs/good.yaml" -q
