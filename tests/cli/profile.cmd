mkdir profiles
cat >profiles/house@2020-01-01.yaml <<'YAML'
profile: 1
id: house
version: 2020-01-01
deliverable: {layout: 2.0, bits: 16, loudness: {target: -20 LUFS}}
YAML
cat >profiles/air@7.yaml <<'YAML'
profile: 1
id: air
version: 7
deliverable:
  layout: 5.1
  loudness: {target: -23 LUFS, peak: -1 dBTP}
YAML
cat >job.yaml <<'YAML'
nocturne: 1
project: {title: T, code: t, length: 2 s}
layers: {dx: {file: dx.wav}}
deliverables:
  air: {profile: air, loudness: {peak: -3 dBTP}}
  own: {profile: house}
YAML
nocturne check job.yaml
nocturne resolve job.yaml | sed -n '/^deliverables/,$p'
nocturne explain job.yaml --key deliverables.air.loudness.peak
sed -i 's/profile: air/profile: ebu-r128@1999-01-01/; s/profile: house/profile: huose/' job.yaml
nocturne check job.yaml
