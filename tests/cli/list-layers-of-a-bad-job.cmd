nocturne list layers "$CASES/jobs/bad.yaml" --format short
