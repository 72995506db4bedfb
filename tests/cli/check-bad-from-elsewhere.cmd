nocturne check "$CASES/jobs/bad.yaml" 2>&1 >/dev/null | grep -e '-->' -e '^4'
