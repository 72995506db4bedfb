nocturne list layers "$CONFIGS/examples/first-night/first-night.yaml"
