nocturne qc a.wav --layout 7.4.1
