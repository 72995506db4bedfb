cp "$CASES/../spatial/adm/cases/obj_moving_interp.wav" master.wav
nocturne adm master.wav --to 0+2+0,5.1 -o out --progress none 2>/dev/null
ls -A out
nocturne adm master.wav --to 0+2+0 -o out --json | sed 's/"sha256":"[0-9a-f]*"/"sha256":"..."/'
