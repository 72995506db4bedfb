# One deliverable is wrong: the others come out, with the bits they have alone; exit 3.
cp "$CONFIGS/examples/first-night/stems/strings.flac" .
try() { # try NAME LINE...: a job with `wide`, `st` that is folded from it, and these, into NAME/
    name=$1
    shift
    printf '%s\n' 'nocturne: 1' 'project: {title: T, code: T, cut: v1, rate: 48 kHz, length: 500 ms}' \
        'reels: {r1: {in: 0 s, out: 250 ms}, r2: {in: 251 ms, out: 500 ms}}' \
        'layers: {strings: {file: strings.flac, stem: mx, gain: -6 dB}}' 'deliverables:' \
        '  wide: {layout: "5.1", reels: long-play}' \
        '  st: {layout: "2.0", from: wide, reels: long-play, stems: [full, mx]}' >job.yaml
    [ $# = 0 ] || printf '  %s\n' "$@" >>job.yaml
    code=0
    nocturne render job.yaml -o $name --store ${store:-shared} -j 1 >answer 2>messages || code=$?
    echo "== $name: $code"
    grep -v '^[0-9:]* \(start\|done\) ' messages | sed -n '/^error/,/^ *$/p; /Nothing/p'
    tail -1 answer | grep rendered
}
store=own try alone
try flac 'tall: {layout: 9.1.4, container: flac, reels: long-play}'
try names 'two: {layout: "2.0", reels: long-play, name: same, stems: [full, mx]}'
try gate 'speech: {profile: netflix-nearfield-5.1, reels: long-play}' \
    'after: {layout: "2.0", from: speech, reels: long-play}'
try version 'old: {profile: ebu-r128@1999-01-01}' 'after: {layout: "2.0", from: old}'
try circle 'a: {layout: "2.0", from: b}' 'b: {layout: "5.1", from: a}' 'c: {layout: "2.0", from: a}'
try edge 'cut: {layout: "2.0"}' 'after: {layout: "1.0", from: cut, reels: long-play}'
for set in flac names gate version circle edge; do
    ls $set/deliverables
    for file in st/T_v1_st_full st/T_v1_st_mx wide/T_v1_wide_full; do
        cmp alone/deliverables/$file.wav $set/deliverables/$file.wav
    done
    nocturne verify $set | sed 's/ (.*//'
done
grep -A 3 '"id": "c"' circle/manifest.json
# resumed: the same is missing; mended: the rest is made
nocturne resume flac -q 2>/dev/null
echo "$?"
sed -i 's/^  cut: .*/  cut: {layout: "2.0", reels: long-play}/; s/after: .*/after: {layout: "1.0", from: st, reels: long-play}/' job.yaml
nocturne render job.yaml -o edge --store shared -j 1 -q --format short | cut -d' ' -f1-4
ls edge/deliverables
# check tells, and --strict renders all or nothing
try flac 'tall: {layout: 9.1.4, container: flac, reels: long-play}'
nocturne check job.yaml --format short
echo "$?"
nocturne render job.yaml -j 1 --strict -o strict --format short
echo "$?"
ls
