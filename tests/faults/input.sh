# Inputs that change while they are rendered.

input_cases() {
    fault N111 "input replaced while rendering" && {
        start_slow "prepare mx"
        cp media/b.wav media/a.wav
        end_started CONT
        judge 4 E418 changed "" NONE
        must "4 E418${wrong:+, but:$wrong}" [ -z "$wrong" ]
        reference
        ok render SAME NOPART
    }
    fault N112 "input cut while rendering" && {
        start_slow "prepare mx"
        truncate -s 30000 media/a.wav
        end_started CONT
        judge 4 'E418|E413' - "" NONE
        must "4 E418 or E413${wrong:+, but:$wrong}" [ -z "$wrong" ]
    }
    fault N113 "input deleted while rendering" && {
        edit 's|media/a.wav}|media/a.wav, tilt: 1 dB}|' # else it stays in its file
        reference
        start_slow "spatialize mx"
        rm media/a.wav
        end_started CONT
        judge 0 - - "" SAME
        must "what was read is enough${wrong:+, but:$wrong}" [ -z "$wrong" ]
        rm -rf out cache reference reference-cache && cp "$sounds/a.wav" media/
        edit 's|, tilt: 1 dB||'
        reference
        start_slow "spatialize mx"
        rm media/a.wav
        end_started CONT
        judge 4 E410 - "" NONE
        must "read in its place: 4 E410${wrong:+, but:$wrong}" [ -z "$wrong" ]
        cp "$sounds/a.wav" media/
        ok resume SAME NOPART
        rm -rf out cache
        start_slow "prepare mx"
        rm media/a.wav
        end_started CONT
        judge 4 'E410|E418' - "" NONE
        must "unread: 4 E410 or E418${wrong:+, but:$wrong}" [ -z "$wrong" ]
    }
    fault N064 "input becomes a symlink to another file outside" && {
        start_slow "prepare mx"
        mv media/b.wav ../moved.wav && ln -sf ../../moved.wav media/a.wav
        end_started CONT
        rm -f ../moved.wav
        judge 4 'E403|E418' - "" NONE
        must "4 E403 or E418${wrong:+, but:$wrong}" [ -z "$wrong" ]
    }
}
