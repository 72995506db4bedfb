cp "$CASES/../spatial/adm/cases/obj_params_static.wav" master.wav
sed -i 's/<diffuse>/<sparkle>/; s/<\/diffuse>/<\/sparkle>/' master.wav
nocturne adm master.wav --to 0+2+0 -o out
ls
