nocturne check "$CASES/jobs/bad.yaml" 2>&1 | grep -c "$(printf '\033')"
