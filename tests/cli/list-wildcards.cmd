nocturne list wildcards "$CASES/jobs/good.yaml"
