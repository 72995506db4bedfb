# An exponential of T60 = 0.5 s at 8 kHz, and the rooms of a job.
python3 - <<'END'
import struct
samples = b"".join(struct.pack("<f", 0.5 * 1000 ** (-i / 4000)) for i in range(8000))
head = struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVEfmt ", 16, 3, 1, 8000,
                   32000, 4, 32, b"data", len(samples))
open("hall.wav", "wb").write(head + samples)
open("click.wav", "wb").write(head[:40] + struct.pack("<If", 4, 0.5))
END
nocturne list room hall.wav
nocturne list room hall.wav --json | cut -c 1-60
cat > job.yaml <<'END'
nocturne: 1
project: {title: T, code: T, length: 1 s}
rooms:
  a: {ir: hall.wav}
  b: {shoebox: {size: [4 m, 5 m, 3 m], t60: 400 ms}}
layers: {mx: {file: hall.wav, send: {a: -6 dB, b: -6 dB}}}
deliverables: {d: {layout: 2.0}}
END
nocturne list room job.yaml --csv | cut -d , -f 1-5
nocturne list room click.wav
nocturne list room nothing.wav
