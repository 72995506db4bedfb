cp "$CASES"/jobs/*.yaml .
nocturne check good.yaml bad.yaml missing.yaml --format short
