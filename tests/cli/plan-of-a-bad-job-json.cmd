nocturne plan "$CASES/jobs/bad.yaml" --json
