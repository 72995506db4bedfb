mkdir in
nocturne qc in no.wav
