cat >job.yaml <<'JOB'
nocturne: 1
project: {title: T, code: T, length: 4 s}
layers: {mx: {file: mx.wav}}
deliverables:
  web: {layout: 5.1, container: opus, bitrate: 320 kbit/s}
  big: {layout: 7.1.4, container: opus}
  fast: {layout: 2.0, container: opus, rate: 96 kHz}
  fat: {layout: 2.0, container: opus, bitrate: 640 kbit/s}
  film: {layout: 7.1, container: opus, channel_order: film, leader: {length: 4 s}, pop: {}}
  hoa: {layout: hoa1, container: opus, normalisation: n3d}
  wav: {layout: 2.0, bitrate: 128 kbit/s}
JOB
nocturne check job.yaml
