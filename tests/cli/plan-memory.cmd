# What the spectra of a room take, before anything is rendered.
python3 - <<'EOF'
import struct
samples = struct.pack("<f", 0.5) + bytes(4 * 47999)
head = struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVEfmt ", 16, 3, 1, 48000,
                   192000, 4, 32, b"data", len(samples))
open("hall.wav", "wb").write(head + samples)
EOF
cat > job.yaml <<'EOF'
nocturne: 1
project: {title: T, code: T, length: 1 s}
rooms: {hall: {ir: hall.wav}}
layers: {mx: {file: hall.wav, send: {hall: -6 dB}}}
deliverables: {d: {layout: 5.1.4}}
EOF
nocturne plan job.yaml --store store -j 1 --memory 100M | head -2
nocturne plan job.yaml --store store -j 1 --memory 2M | head -2
nocturne plan job.yaml --store store -j 1 --memory 500K
