nocturne list outputs "$CASES/jobs/good.yaml" --csv
