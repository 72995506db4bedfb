# Numbers belong to the set of this machine; what is told of it does not.
sofa=/usr/share/libmysofa/default.sofa
nocturne list hrtf $sofa | cut -c 1-19 | sed 's/ *$//'
nocturne list hrtf $sofa --json | tr ',{}' '\n\n\n' | sed -n 's/^\("[a-z_]*"\):.*/\1/p'
