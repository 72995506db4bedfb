cp "$CASES/../spatial/adm/cases/bed_51_common__0_2_0.wav" plain.wav
nocturne adm plain.wav --to 5.1 -o out
