nocturne pan 5.1 az=30
nocturne pan 5.1 az=0 width=60 diffuse=0.5 gain=0.5 --csv
printf 'X,Y,Z\n-1,1,0\n' | nocturne pan 4+5+0
