mkdir show
cat >show/rooms.yaml <<'X'
rooms:
  hall: {shoebox: {size: [20 m, 30 m, 10 m], t60: 2 s}, gain: -3 dB}
  cave: {shoebox: {size: [20 m, 30 m, 10 m], t60: 5 s}}
X
cat >base.yaml <<'X'
nocturne: 1
include: [show/rooms.yaml]
vars: {reel: R2, folder: stems}
project: {title: Test $(reel), code: TST, length: 2 s}
layers:
  voice: {file: $(folder)/a.wav, stem: dx, gain: -3 dB, send: {hall: -20 dB}}
  winds: {file: $(folder)/a.wav, stem: mx}
deliverables:
  st: {layout: 2.0}
alternates:
  quiet: {title: Quiet ending, override: {layers: {winds: {mute: yes}, voice: ~}}}
  wrong: {title: Wrong, override: {layers: {winds: {gian: 0}}}}
X
cat >cut8.yaml <<'X'
nocturne: 1
extends: base.yaml
project: {cut: v8}
rooms: {cave: ~}
layers:
  voice: {gain: -6 dB}
X
echo '--- resolve'
nocturne resolve cut8.yaml --set layers.winds.gain='-1 dB' --alt quiet
echo '--- explain'
nocturne explain cut8.yaml --key layers.voice.gain
nocturne explain cut8.yaml --key layers.winds.gain
nocturne explain cut8.yaml --key layers.voice.gain --json
echo '--- diff'
nocturne diff base.yaml cut8.yaml --exit-code || echo "exit $?"
nocturne diff base.yaml base.yaml --exit-code --json
nocturne resolve cut8.yaml >whole.yaml && nocturne diff cut8.yaml whole.yaml
echo '--- wrong'
nocturne check cut8.yaml || echo "exit $?"
nocturne explain cut8.yaml --key layers.wind.gain || echo "exit $?"
nocturne resolve cut8.yaml --alt quite || echo "exit $?"
