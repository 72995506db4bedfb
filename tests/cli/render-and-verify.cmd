nocturne render "$CASES/jobs/good.yaml" --root demo="$CONFIGS/examples/first-night" -j 1 -q &&
    nocturne verify out/GOOD_v1 && (cd out/GOOD_v1 && sha256sum --quiet -c SHA256SUMS && ls -A)
