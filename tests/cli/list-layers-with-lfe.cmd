nocturne list layers "$CASES/jobs/good.yaml" --root demo="$CONFIGS/examples/first-night" --set "layers.wind.lfe={send: -12 dB}"
