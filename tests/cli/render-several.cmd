# Two jobs in one run, then what is no such thing.
export XDG_CACHE_HOME=$PWD/cache
mkdir -p night/bulk
cp "$CASES/jobs/good.yaml" second.yaml
cp second.yaml night/bulk/
nocturne render second.yaml "$CASES/jobs/bad.yaml" --root demo=$CONFIGS/examples/first-night -j 1 -q 2>errors
echo "$?"
grep -c 'error\[' errors
tail -1 errors
ls out
nocturne render --queue night --root demo=$CONFIGS/examples/first-night -j 1 --json --progress none |
    grep -o '"ev":"[a-z]*"\|"nothing_to_do":true\|"code":0'
find night -type f
nocturne render a.yaml b.yaml -o out
nocturne render --queue nowhere
nocturne render --priority soon a.yaml
