nocturne plan "$CASES/jobs/good.yaml" --root demo="$CONFIGS/examples/first-night" --json -j 3 |
    sed -E 's/"(plan_key|estimate_s)":[^,]*/"\1":?/g'
