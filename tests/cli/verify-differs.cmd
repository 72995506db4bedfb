nocturne render "$CASES/jobs/good.yaml" --root demo="$CONFIGS/examples/first-night" -j 1 -q
cd out/GOOD_v1/deliverables/st
printf x | dd of=GOOD_v1_st_mx.wav bs=1 seek=5000 conv=notrunc 2>/dev/null
rm GOOD_v1_st_fx.wav
touch extra.wav
cd "$OLDPWD" && mv out elsewhere
nocturne verify elsewhere/GOOD_v1
