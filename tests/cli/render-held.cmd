# A target that the peak ceiling does not let it reach: exit 8, the files are in held/ only.
target="--set deliverables.st.loudness.target=-8LKFS --set deliverables.st.loudness.peak=-18dBTP"
root="--root demo=$CONFIGS/examples/first-night"
nocturne render "$CASES/jobs/good.yaml" $root -j 1 -q $target >summary 2>errors
echo "$?"
sed -E 's/reads -[0-9.]+/reads N/' errors
ls out/GOOD_v1/held/st
ls out/GOOD_v1
nocturne render "$CASES/jobs/good.yaml" $root -j 1 -q $target --allow-qc-fail >summary 2>errors
echo "$?"
ls out/GOOD_v1/deliverables/st
ls out/GOOD_v1
nocturne verify out/GOOD_v1
