nocturne pan 7.1.5 az=30
nocturne pan 5.1 azz=30
nocturne pan 5.1 az=abc
nocturne pan 5.1 az=30 X=1
nocturne pan 5.1 el=91
printf 'az,el\n30\n' | nocturne pan 5.1
nocturne pan 2.0 --binaural nothing.sofa az=60
