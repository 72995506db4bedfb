# Files that are no YAML, no text, or too much of it.

generate_keys() { awk 'BEGIN { print "nocturne: 1\nmarkers:"; for (i = 0; i < '"$1"'; i++) print "  k" i ": 1 s" }'; }

yaml_text_cases() {
    fault N001 "empty file" && { : > job.yaml; refuse check 3 E109 "the file is empty"; }
    fault N002 "not UTF-8" && {
        printf 'nocturne: 1\nproject: {title: "a\xc3\x28", code: A}\n' | job
        refuse check 3 E101 - LOC
        must "the column is that of the byte" grep -q 'job.yaml:2:20' "$log"
    }
    fault N003 "UTF-16 with BOM" && {
        iconv -t UTF-16 job.yaml > other && mv other job.yaml
        refuse check 3 E101 "UTF-16; save as UTF-8"
    }
    fault N004 "BOM and CRLF" && {
        reference
        sed -i '1s/^/\xef\xbb\xbf/; s/$/\r/' job.yaml
        ok check CLEAN
        ok render SAME
    }
    fault N005 "NUL byte" && { edit 's/Fault/"F\x00t"/'; refuse check 3 E101 "control character" LOC; }
    fault N006 "tab indentation" && { edit 's/^  mx/\tmx/'; refuse check 3 E103 tab LOC; }
    fault N007 "duplicate key" && {
        edit '/mx:/p'
        refuse check 3 E104 "first definition" LOC
    }
    fault N008 "duplicate merge key" && {
        edit 's/mx: {/mx: {<<: {gain: 1 dB}, <<: {gain: 2 dB}, /'
        refuse check 3 E104 '<<' LOC
    }
    fault N009 "two documents" && { printf -- '---\na: 1\n' >> job.yaml; refuse check 3 E102 "one document" LOC; }
    fault N010 "undefined alias" && { layer 'file: *nope'; refuse check 3 E108 "no anchor" LOC; }
    fault N019 "custom tag" && { layer 'file: !!python/object:os.system x'; refuse check 3 E109 "tags are not used" LOC; }
    fault N020 "%YAML directive" && { edit '1s/^/%YAML 1.1\n---\n/'; ok check CLEAN; }
    fault N021 "unclosed bracket" && { edit 's/{layout: 2.0}/{layout: 2.0, stems: [full, dx/'; refuse check 3 E109 "never closed" LOC; }
    fault N022 "unterminated quote" && { edit 's/title: Fault/title: "Fault/'; refuse check 3 E109 "never closed" LOC; }
    fault N023 "text cut at a comma" && { layer 'file: media/a.wav, purpose: a, b'; refuse check 3 E221 "put the text in quotes" LOC; }
    fault N024 "colon in a text" && { printf 'note: fine: not fine\n' >> job.yaml; refuse check 3 E109 "put the text in quotes" LOC; }
    fault N025 "braces as wildcard" && { edit 's/layout: 2.0/layout: 2.0, name: {title}_{x}/'; refuse check 3 E109 '$title' LOC; }
    fault N029 "emoji and right-to-left text" && {
        reference
        layer 'file: media/a.wav, purpose: "🎻 של 音"'
        ok check
        ok render SAME
        layer 'purpose: "🎻 של", gian: 1 dB, file: media/a.wav'
        refuse check 3 E202 - LOC
    }
    fault N030 "control characters in a title" && {
        edit 's/title: Fault/title: "a\x1b[31mb"/'
        refuse check 3 E101 "control character" LOC
        must "no escape byte is printed" eval '! grep -q $'"'"'\x1b'"'"' "$log"'
        edit 's/title: .*, code/title: "a\\e[31mb", code/'
        refuse check 3 - "control character" LOC
        must "no escape byte is printed" eval '! grep -q $'"'"'\x1b'"'"' "$log"'
    }
}

yaml_size_cases() {
    cpu_s=1 memory_kib=$((256 * 1024))
    fault N011 "anchor that refers to itself" && { printf 'markers: &a {b: *a}\n' >> job.yaml; refuse check 3 E107 "refers to itself" LOC; }
    fault N012 "alias bomb" && {
        {
            echo 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
            for level in 1 2 3 4 5 6 7 8; do
                below="*a$((level - 1))"
                echo "a$level: &a$level [$below, $below, $below, $below, $below, $below, $below, $below, $below]"
            done
        } | job
        refuse check 3 E107 "100 000 nodes"
    }
    fault N013 "quadratic merge bomb" && {
        awk 'BEGIN { print "nocturne: 1\nbase: &b"; for (i = 0; i < 9000; i++) print "  k" i ": 1";
            print "layers:"; for (i = 0; i < 9000; i++) print "  l" i ": {<<: *b}" }' | job
        refuse check 3 E107 "100 000 nodes"
    }
    fault N014 "deep flow nesting" && {
        { printf 'a: '; head -c 100000 /dev/zero | tr '\0' '['; } | job
        refuse check 3 E106 "nested deeper than 32" LOC
    }
    fault N015 "deep block nesting" && {
        awk 'BEGIN { for (i = 0; i < 1500; i++) { printf "%*sa:\n", i, "" } }' | job
        refuse check 3 E106 "nested deeper than 32" LOC
    }
    fault N016 "50 MB value" && {
        { printf 'a: '; head -c 50000000 /dev/zero | tr '\0' x; } | job
        refuse check 3 E106 "4 MiB"
    }
    fault N017 "64 KiB + 1 value" && {
        { printf 'nocturne: 1\nproject: {title: '; head -c 65537 /dev/zero | tr '\0' x; echo ', code: A}'; } | job
        refuse check 3 E106 "64 KiB" LOC
    }
    fault N018 "a million keys" && { generate_keys 1000000 | job; refuse check 3 E106 "too large"; }
    fault N018b "more than 10 000 keys" && { generate_keys 10001 | job; refuse check 3 E106 "10 000" LOC; }
    cpu_s='' memory_kib=''
}

yaml_shape_cases() {
    fault N026 "map where a value belongs" && { layer 'file: media/a.wav, gain: {a: 1}'; refuse check 3 E202 "expected a value" LOC; }
    fault N027 "list where a map belongs" && { edit 's/^  mx: /  - /'; refuse check 3 E202 "map keyed by name" LOC; }
    fault N028 "no layers" && { edit '/mx:/d; s/^layers:/layers: ~/'; refuse check 3 E203 "no layers"; }
}

yaml_cases() {
    yaml_text_cases
    yaml_size_cases
    yaml_shape_cases
}
