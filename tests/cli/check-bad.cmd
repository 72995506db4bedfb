cp "$CASES/jobs/bad.yaml" .
nocturne check bad.yaml
