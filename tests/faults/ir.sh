# Impulse responses and HRTF sets that cannot be used, and positions that have no direction.

room() { edit "1a rooms: {hall: {ir: media/ir.wav${1:-}}}" && layer 'file: media/a.wav, send: {hall: -6 dB}'; }
impulse() { sox -R -n -r "${1:-48000}" -e floating-point -b 32 -c 1 media/ir.wav synth "${2:-1s}" sine 0 90; }
sofa_source=$(ls /usr/share/libmysofa/default.sofa 2> /dev/null)
sofa() { cp "$sofa_source" media/x.sofa && edit 's/{layout: 2.0}/{layout: binaural, sofa: media\/x.sofa}/'; }

ir_file_cases() {
    fault N119 "IR with 0 frames" && {
        room; plain; mv media/a.wav media/ir.wav; cp "$sounds/a.wav" media/
        truncate -s 44 media/ir.wav && bytes media/ir.wav 40 '\x00\x00\x00\x00'
        refuse plan 4 E414 'no audio' LOC
    }
    fault N120 "IR of zeros" && { room; sox -n -r 48000 -b 24 -c 1 media/ir.wav trim 0 0.1; expect render 4 E422 silent LOC NONE; }
    fault N118 "IR of 61 s" && { room; sox -n -r 48000 -b 16 -c 1 media/ir.wav synth 61 whitenoise; expect render 4 E424 '60 s' LOC NONE; }
    fault N121 "IR at 44.1 kHz" && { room; impulse 44100 100s; ok render NOPART; }
    fault N122 "IR with a NaN" && {
        room; floats media/ir.wav '\x00\x00\xc0\x7f'
        expect render 4 E417 NaN LOC NONE
    }
    fault N123 "IR of one sample" && { room ', normalise: no'; impulse; ok render NOPART; }
    fault N124 "IR channels against its layout" && {
        room ', layout: 5.1'; sox -n -r 48000 -b 16 -c 3 media/ir.wav synth 0.1 whitenoise
        refuse plan 4 E415 'needs 6' LOC
    }
    fault N124b "missing and truncated IR" && {
        room; refuse plan 4 E410 'ir.wav' LOC
        sox -n -r 48000 -b 16 -c 1 media/ir.wav synth 0.1 whitenoise
        truncate -s -100 media/ir.wav
        refuse plan 4 E413 'cut short' LOC
        refuse render 4 E413 'cut short' LOC
    }
}

ir_sofa_cases() {
    [ -n "$sofa_source" ] || { skip "no default.sofa here"; return; }
    fault N125 "SOFA that is no HDF5" && { sofa; echo hello > media/x.sofa; expect render 4 E426 SOFA LOC NONE; }
    fault N126 "SOFA cut at six places" && {
        local cut size
        sofa; size=$(size_of media/x.sofa)
        for cut in 0 8 512 4096 $((size / 2)) $((size - 1)); do
            cp "$sofa_source" media/x.sofa && truncate -s "$cut" media/x.sofa
            rm -rf out
            expect render 4 'E4(26|12|20)' - LOC NONE
        done
    }
    fault N127 "SOFA that is not the pinned one" && {
        sofa
        edit "s|sofa: media/x.sofa|sofa: {file: media/x.sofa, sha256: $(sha256sum media/x.sofa | cut -c-64)}|"
        ok plan CLEAN
        flip media/x.sofa 5000
        refuse plan 4 E430 'SHA-256' LOC
        refuse render 4 E430 'SHA-256' LOC
    }
    fault N127b "SOFA with flipped bits" && {
        local offset
        sofa
        for offset in 9 40 96 130 600 1100 2100 5000 9000 20000; do
            cp "$sofa_source" media/x.sofa && flip media/x.sofa "$offset"
            rm -rf out
            expect render '*' - - NOPART
        done
    }
    fault N080b "missing SOFA" && { sofa; rm media/x.sofa; refuse plan 4 E410 'x.sofa' LOC; }
}

ir_place_cases() {
    fault N135 "sound at the listener" && {
        layer 'file: media/a.wav, path: {points: [[0 s, {dist: 0 m}], [1 s, {dist: 1 m}]]}'
        refuse check 3 E206 'zero distance' LOC
        layer 'file: media/a.wav, pan: {dist: 0 m}'
        refuse check 3 E206 'zero distance' LOC
    }
    fault N136 "path through the head" && {
        layer 'file: media/a.wav, path: {points: [[0 s, {az: 0 deg, dist: 1 m}], [1 s, {az: 180 deg, dist: 1 m}]]}'
        edit 's/2.0/binaural/'
        expect render 0 - - NOPART
        must "no NaN in the sound" eval '! [[ "$(sox out/deliverables/st/*.wav -n stat 2>&1)" == *nan* ]]'
    }
}

ir_cases() {
    ir_file_cases
    ir_sofa_cases
    ir_place_cases
}
