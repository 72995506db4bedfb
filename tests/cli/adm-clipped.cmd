cp "$CASES/../spatial/adm/cases/obj_moving_interp.wav" master.wav
sed -i 's/<gain>0\./<gain>9./' master.wav
nocturne adm master.wav --to 0+2+0 -o out --progress none --format short
