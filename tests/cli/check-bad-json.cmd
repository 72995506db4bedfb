cp "$CASES/jobs/bad.yaml" "$CASES/jobs/good.yaml" .
nocturne check bad.yaml good.yaml --json
