nocturne plan "$CASES/jobs/missing.yaml"
