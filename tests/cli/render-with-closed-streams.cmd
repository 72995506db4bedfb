# Files that are opened first must not become descriptors 0, 1 and 2.
nocturne render "$CASES/jobs/good.yaml" --root demo="$CONFIGS/examples/first-night" -j 1 \
    <&- >&- 2>&- && nocturne verify out/GOOD_v1
