cp "$CASES/../spatial/adm/cases/obj_moving_interp.wav" master.wav
mkdir out
ln -s ../master.wav out/master__0_2_0.wav
nocturne adm master.wav --to 0+2+0 -o out
echo "$?"
nocturne adm master.wav --to 0+2+0 -o master.wav
ls -A out
