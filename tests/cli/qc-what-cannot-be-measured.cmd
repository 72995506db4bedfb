mkdir in
head -c 3000 "$CASES/../spatial/adm/cases/obj_moving_interp.wav" > in/cut.wav
: > in/empty.wav
echo text > in/text.wav
cp "$CASES/../spatial/adm/cases/obj_moving_interp.wav" in/whole.wav
nocturne qc in --progress none
