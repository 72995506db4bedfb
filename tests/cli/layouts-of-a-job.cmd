cat > job.yaml <<'JOB'
nocturne: 1
project: {title: Stage, code: ST}
layouts:
  stage:
    base: 7.1.4
    align: no
    speakers: {L: {az: 41 deg, gain: -1.5 dB}, M-090: {az: -103 deg, delay: 2 ms}}
JOB
nocturne list layouts job.yaml
nocturne pan stage@job.yaml az=41 --csv
nocturne pan hall@job.yaml az=41
sed -i 's/41 deg/61 deg/' job.yaml
nocturne pan stage@job.yaml az=41
