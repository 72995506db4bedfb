nocturne check "$CASES/jobs/bad.yaml" --color always 2>&1 | head -n 1 | od -c | head -n 2
