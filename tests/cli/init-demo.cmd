nocturne init demo && nocturne check demo/first-night.yaml && ls demo demo/stems
cmp demo/stems/piano.flac "$CONFIGS/examples/first-night/stems/piano.flac"
head -n 1 demo/first-night.yaml
