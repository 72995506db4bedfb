nocturne check "$CASES/jobs/good.yaml" --root demo="$CONFIGS/examples/first-night"
