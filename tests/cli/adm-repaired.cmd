cp "$CASES/../spatial/adm/cases/obj_moving_interp.wav" master.wav
sed -i 's/audioObjectName="mov1"/audioObjectNane="mov1"/' master.wav
nocturne adm master.wav --to 0+2+0 -o out --progress none --format short
