nocturne check "$CONFIGS/examples/first-night/first-night.yaml"
