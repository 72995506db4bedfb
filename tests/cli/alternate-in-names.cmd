cat > job.yaml <<'JOB'
nocturne: 1
project: {title: T, code: T, length: 4 s}
layers: {a: {file: a.wav, stem: mx}}
deliverables: {d: {layout: 2.0, name: $code_$cut_$alt_$deliverable}}
alternates: {quiet: {override: {layers: {a: {gain: -6 dB}}}}}
JOB
nocturne list outputs job.yaml --csv
nocturne list outputs job.yaml --csv --alt quiet
nocturne list wildcards job.yaml --csv --alt quiet | grep alt
