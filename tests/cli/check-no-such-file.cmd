cp "$CASES/jobs/good.yaml" nope1.yaml
nocturne check nope.yaml
