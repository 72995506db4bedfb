nocturne check "$CASES/jobs/good.yaml" --set project.length='2 s' --set project.tail='1 s'
