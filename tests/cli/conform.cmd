cat >cut7.edl <<'E'
TITLE: TST_v7
FCM: NON-DROP FRAME
001  A1 V C 10:00:00:00 10:00:05:00 01:00:00:00 01:00:05:00
002  A2 V C 10:01:04:12 10:01:09:17 01:00:05:00 01:00:10:05
003  A3 V C 11:00:00:00 11:00:05:12 01:00:10:05 01:00:20:00
E
cat >job.yaml <<'E'
nocturne: 1
project: {title: T, code: T, start: 01:00:00:00, length: 20 s}
import: {cut7: {file: cut7.edl, format: cmx3600, as: [cuts]}}
qc: {conform: {edl: cut7, tolerance: 2 fr}}
markers:
  m_kettle: 01:00:05:00
  m_door: 01:00:10:00
cues:
  1m1: {in: m_kettle - 8 fr, out: m_door}
layers:
  a: {file: a.wav, stem: dx, at: m_door, purpose: the door}
deliverables:
  st: {layout: 2.0}
E
nocturne check job.yaml
nocturne check job.yaml --lint
nocturne check job.yaml --set qc.conform.action=fail || echo "exit $?"
nocturne check job.yaml --set qc.conform.edl=cut8 || echo "exit $?"
