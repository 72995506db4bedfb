nocturne render "$CASES/jobs/good.yaml" --root demo="$CONFIGS/examples/first-night" -j 1 -q
sed -i 's/"sha256": "./"sha256": "?/' out/GOOD_v1/deliverables/st/manifest.json
nocturne verify out/GOOD_v1 --json
