nocturne adm master.wav --to 5.1,5+1 -o out
