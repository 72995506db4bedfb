mkdir edl
cat >edl/cut7.edl <<'E'
TITLE: TST_v7
FCM: NON-DROP FRAME

001  A001C003 V     C        10:00:00:00 10:00:05:00 01:00:00:00 01:00:05:00
* FROM CLIP NAME: kitchen wide
002  A001C004 V     C        10:01:04:12 10:01:04:12 01:00:05:00 01:00:05:00
002  A002C001 V     D    024 11:00:00:00 11:00:05:12 01:00:05:00 01:00:10:12
* FROM CLIP NAME: kitchen wide
* TO CLIP NAME: stairs
* LOC: 01:00:09:12 RED     Door slam
E
cat >edl/lines.csv <<'E'
id,in,out,x-note
l_ask,01:00:01:00,01:00:02:12,"quiet, then loud"
l_bye,01:00:03:00,l_bye.in + 2 s,
E
cat >job.yaml <<'E'
nocturne: 1
project: {title: T, code: T, start: 01:00:00:00, length: 20 s}
import:
  cut7: {file: edl/cut7.edl, format: cmx3600, as: [cuts, markers]}
  lines: {file: edl/lines.csv, format: csv, as: [lines]}
lines:
  l_bye: {out: l_bye.in + 1 s}
layers:
  a: {file: a.wav, stem: dx, at: Door_slam}
deliverables:
  st: {layout: 2.0}
E
nocturne resolve job.yaml
nocturne explain job.yaml --key lines.l_bye.out
sed -i 's/11:00:05:12 01:00:05:00 01:00:10:12/11:00:05:12 01:00:05:00 01:00:10:29/' edl/cut7.edl
sed -i 's/out,x-note/ot,x-note/' edl/lines.csv
nocturne check job.yaml || echo "exit $?"
nocturne check job.yaml --set import.lines.format=cvs || echo "exit $?"
