cat >job.yaml <<'E'
nocturne: 1
project: {title: Times, code: TIM, frame_rate: 29.97df, start: 01:00:00;00, length: 2 s}
roots: {demo: .}
markers: {m_door: 01:00:00;20, m_late: 1m1:2|3}
scenes: {sc1: {in: 0 s, out: m_door}}
cues:
  1m1: {in: m_door - 7 fr, out: sc1.out + 1 s, title: "Kettle, boiling", tempo: [{at: 1|1, bpm: 173}, {at: 2|1, bpm: 97, curve: linear}]}
  1m2: {in: 1m1:1|2|7, out: 1m1.out + 0.1 s}
layers:
  violin: {file: demo:stems/violin-solo.flac, stem: mx, cue: 1m2, from: 9 s}
  wind: {file: demo:stems/wind.flac, stem: fx, at: 1m1:1|2, from: 2 s}
deliverables:
  st: {layout: 2.0}
E
for list in cues scenes lines markers; do
    echo "--- $list"
    nocturne list $list job.yaml --root demo="$CONFIGS/examples/first-night"
done
nocturne list cues job.yaml --root demo="$CONFIGS/examples/first-night" --csv | tee cues.csv
echo '--- the same plan from the list'
sed -e 's/^cues:/import: {c: {file: cues.csv, format: csv, as: [cues]}}\ncues:/' \
    -e 's/in: m_door - 7 fr, out: sc1.out + 1 s, title: "Kettle, boiling", //' -e '/^  1m2:/d' job.yaml >again.yaml
grep -c 'm_door - 7' again.yaml
key() { nocturne plan "$1" --root demo="$CONFIGS/examples/first-night" --json | grep -o '"plan_key":"[^"]*"'; }
[ "$(key job.yaml)" = "$(key again.yaml)" ] && key job.yaml | grep -c plan_key
sed -i 's/^1m1,01:00:00;13/1m1,01:00:00;12/' cues.csv
[ "$(key job.yaml)" = "$(key again.yaml)" ] || echo 'another cue, another plan'
