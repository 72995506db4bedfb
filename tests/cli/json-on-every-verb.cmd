# One object on stdout, objects line by line on stderr, also when it goes wrong.
cp "$CASES"/jobs/*.yaml .
try() {
    code=0
    nocturne "$@" --json >answer 2>talk || code=$?
    lines=$(grep -c '^{.*}$' answer) || true
    strange=$(grep -vc '^{.*}$' talk) || true
    echo "$code: $lines of $(wc -l <answer) lines on stdout, $strange strange lines on stderr: $*"
}
try check good.yaml
try check bad.yaml
try plan good.yaml --root demo="$CONFIGS/examples/first-night"
try plan bad.yaml
try plan nope.yaml
try list errors
try list nothing
try explain E304
try explain nothing
try init job here
try init job here
try doctor --store store
try verify nowhere
try status nowhere
try resume nowhere
try schema too-much
try rendr
try --version
try check --zzz
