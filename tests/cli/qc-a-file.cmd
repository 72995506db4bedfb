cp "$CASES/../spatial/adm/cases/obj_moving_interp.wav" master.wav
nocturne qc master.wav --layout 3.0 --progress none
