nocturne plan "$CASES/jobs/good.yaml" --root demo="$CONFIGS/examples/first-night" |
    sed -E 's/about .* on/about TIME on/; s/[0-9]+ ranks?/N ranks/'
ls
