nocturne check "$CASES/jobs/good.yaml" --strict
