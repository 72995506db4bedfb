# Jobs that are well written YAML and still wrong.

job_value_cases() {
    fault N031 "unknown key with a near name" && { layer 'file: media/a.wav, gian: -3 dB'; refuse check 3 E202 'did you mean `gain`' LOC; }
    fault N032 "unit missing" && { layer 'file: media/a.wav, gain: -3'; refuse check 3 E210 'write `-3 dB`' LOC; }
    fault N033 "number too large" && {
        layer 'file: media/a.wav, gain: 1e999 dB'
        refuse check 3 'E206|E210' - LOC
        layer 'file: media/a.wav, gain: 999999 dB'
        refuse check 3 E206 outside LOC
    }
    fault N034 "nan and inf as values" && {
        layer 'file: media/a.wav, gain: nan dB'
        refuse check 3 E210 'not a number' LOC
        layer 'file: media/a.wav, gain: inf dB'
        refuse check 3 E210 'not a number' LOC
    }
    fault N035 "integer too large" && { project 'version: 99999999999999999999'; refuse check 3 E206 outside LOC; }
    fault N036 "decimal comma" && {
        layer 'file: media/a.wav, gain: "-3,5 dB"'
        environment=(LC_ALL=de_DE.UTF-8)
        refuse check 3 E210 'decimal point' LOC
    }
    fault N037 "a German locale reads 3.5" && {
        layer 'file: media/a.wav, gain: 3.5 dB'
        reference
        environment=(LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8)
        ok render SAME
    }
    fault N038 "filter above half the rate" && { layer 'file: media/a.wav, lpf: 30 kHz'; refuse check 3 E207 'half the sample rate' LOC; }
    fault N034b "numbers that are none" && {
        local value
        for value in '1e dB' '- dB' '.e1 dB' '0x10 dB' '1_0 dB' '1 0 dB' '--1 dB'; do
            layer "file: media/a.wav, gain: \"$value\""
            refuse check 3 'E2[0-9]+' - LOC
        done
    }
}

job_time_cases() {
    fault N039 "frame past the rate" && { edit '1a markers: {m1: 00:00:00:25}'; refuse check 3 E211 '00 to 23' LOC; }
    fault N040 "hole of drop frame" && {
        project 'frame_rate: 29.97df'
        edit '1a markers: {m1: 00:01:00;00}'
        refuse check 3 E211 ';02' LOC
    }
    fault N041 "ambiguous 1:30" && { edit '1a markers: {m1: 1:30}'; refuse check 3 E211 write LOC; }
    fault N042 "past 24 hours" && { edit '1a markers: {m1: 25:00:00:00}'; refuse check 3 E211 '23:59:59' LOC; }
    fault N043 "circle of two markers, and of 500" && {
        edit '1a markers: {a: b + 1 s, b: a}'
        refuse check 3 E308 circle LOC
        edit '2d'
        awk 'BEGIN { print "markers:"; for (i = 0; i < 500; i++) print "  m" i ": m" (i + 1) % 500 " + 1 fr" }' >> job.yaml
        limit_s=3 refuse check 3 E308 circle LOC
    }
    fault N044 "chain of 9 999 markers" && {
        awk 'BEGIN { print "markers:\n  m0: 0 s"; for (i = 1; i < 9999; i++) print "  m" i ": m" i - 1 }' >> job.yaml
        limit_s=3 ok check CLEAN
        sed -i '/^  m[0-9]/d' job.yaml
        awk 'BEGIN { for (i = 9998; i > 0; i--) print "  m" i ": m" i - 1; print "  m0: 0 s" }' >> job.yaml
        limit_s=3 ok check CLEAN
    }
    fault N044b "programme that ends before it starts" && {
        edit 's/length: 1 s/end: 0 s/'
        refuse check 3 'E312|E206' - LOC
        edit 's/end: 0 s/length: 0 s/'
        refuse check 3 'E312|E206' - LOC
        edit 's/length: 0 s/length: 13 h/'
        refuse check 3 E206 - LOC
    }
}

job_name_cases() {
    fault N052 "two stems, one name" && { edit 's/2.0}/2.0, stems: [full, mx], name: $code}/'; refuse check 3 E216 'add `$stem`' LOC; }
    fault N053 "names that differ only in case" && {
        edit '1a stems: {aa: {role: music}, AA: {role: music}}'
        layer 'file: media/a.wav, stem: aa'
        edit 's/2.0}/2.0, stems: [aa, AA], name: $stem}/'
        refuse check 3 E216 'only in case' LOC
    }
    fault N053b "deliverables that differ only in case" && {
        edit '/st:/p' && edit '$s/st:/ST:/'
        refuse check 3 E216 'only in case' LOC
    }
    fault N054 "names that leave the folder" && {
        local name
        for name in '../x' 'a/../../x' '/etc/x' '../..'; do
            edit "s|2.0.*}|2.0, name: $name}|"
            refuse check 3 E402 leaves LOC
        done
        edit 's|2.0.*}|2.0}|; s|code: FLT|code: "a/../../b"|'
        refuse check 3 'E204|E402' - LOC
        edit 's|code: .*, length|code: FLT, cut: "../b", length|'
        refuse check 3 'E204|E402' - LOC
    }
    fault N055 "names that are not portable" && {
        local name
        for name in CON con.wav 'aux/x' x./y 'a b' 'a:b' "'a\\\\b'" '.hidden' "$(printf 'x%.0s' {1..300})" 'a//b' 'a/' '"ä"'; do
            edit "s|2.0.*}|2.0, name: $name}|"
            refuse check 3 E215 portable LOC
        done
    }
    fault N055b "a deliverable called like the state" && {
        local name
        for name in manifest.json SHA256SUMS sha256sums; do
            edit "s|2.0.*}|2.0, split: mono, stems: [full], name: \$channel/$name}|"
            edit "s|2.0.*}|2.0, name: $name}|"
            expect check '*' - - CLEAN
            expect render '*' - - NOPART
        done
    }
    fault N056 "temp sound in a final" && { layer 'file: media/a.wav, status: temp'; refuse plan 3 E431 - LOC; }
    fault N301 "names that refer to nothing" && {
        layer 'file: media/a.wav, send: {hall: 0 dB}'
        refuse check 3 E301 hall LOC
        layer 'file: media/a.wav, stem: zz'
        refuse check 3 E301 zz LOC
        layer 'file: media/a.wav'
        edit 's/2.0}/2.0, stems: [full, zz]}/'
        refuse check 3 E301 zz LOC
    }
}

job_size_cases() {
    fault N058 "400 layers, 2 hours" && {
        awk 'BEGIN { print "nocturne: 1\nproject: {title: T, code: T, length: 2 h}\nlayers:"
            for (i = 0; i < 400; i++) print "  l" i ": {file: media/a.wav, stem: mx, at: " i " s, pan: {az: " i % 180 " deg}, gain: -40 dB}"
            print "deliverables:\n  st: {layout: 7.1.4}" }' | job
        limit_s=2 ok check CLEAN
        limit_s=4 ok plan CLEAN
    }
    fault N059 "job from standard input" && {
        log=$work/$case_id.log
        timeout 20 "$nocturne" check - < job.yaml > "$log" 2>&1
        must "check of a good one ends with 0" [ $? = 0 ]
        reference
        timeout 20 "$nocturne" render - -o out -j 1 --progress none < job.yaml > "$log" 2>&1
        must "render gives the same sounds" is_same
        edit 's/mx:/mx: {gian: 1 dB} #/'
        timeout 20 "$nocturne" check - < job.yaml > "$log" 2>&1
        must "check of a bad one ends with 3" [ $? = 3 ]
    }
}

job_cases() {
    job_value_cases
    job_time_cases
    job_name_cases
    job_size_cases
}
