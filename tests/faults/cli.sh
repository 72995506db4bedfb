# Command lines that mean nothing.

refuse_words() { # EXIT ID TEXT ARGUMENTS...
    local before
    before=$(ls -A)
    nocturne "${@:4}"
    judge "$1" "$2" "$3" ""
    [ "$(ls -A)" = "$before" ] || wrong+=" CLEAN"
    must "${*:4:3} ends with $1 $2${wrong:+, but:$wrong}" [ -z "$wrong" ]
}

cli_cases() {
    fault N231 "unknown verb" && refuse_words 2 E001 'did you mean `render`' rendr job.yaml
    fault N232 "unknown option" && {
        refuse_words 2 E001 'did you mean `--jobs`' render job.yaml --jbos 3
        refuse_words 2 E001 - render job.yaml -Z
        refuse_words 2 E001 - render job.yaml --progress=none=1 --nope
    }
    fault N233 "option values" && {
        local value
        for value in 0 -1 1000000000 x 1.5 '' 99999999999999999999; do
            refuse_words 2 E002 'between 1 and' render job.yaml -j "$value"
        done
        refuse_words 2 E002 - render job.yaml -j
        refuse_words 2 E002 - render job.yaml --set
        refuse_words 2 E002 - render job.yaml --set novalue
        refuse_words 2 E002 - render job.yaml --progress sometimes
        refuse_words 2 E002 - render job.yaml --span-blocks 0
        refuse_words 2 'E00[12]' - render
        refuse_words 2 'E00[12]' - render job.yaml job.yaml
        refuse_words 2 'E00[12]' - resume
        refuse_words 2 'E00[12]' - verify
    }
    fault N234 "missing job" && {
        refuse_words 3 E410 'did you mean' check jop.yaml
        refuse_words 3 E410 'did you mean' render jop.yaml -o out
        refuse_words 3 E410 - check nowhere/job.yaml
        refuse_words 3 E410 - check ''
    }
    fault N235 "no arguments" && { nocturne; must "exit 0" [ "$code" = 0 ]; must "says the first steps" grep -qi 'first' "$log"; }
    fault N236 "--json on errors" && {
        local verb
        layer 'gian: 1 dB, file: media/a.wav'
        for verb in check plan render; do
            timeout 20 "$nocturne" "$verb" job.yaml --json > answer.json 2> answer.err
            must "$verb ends with 3" [ $? = 3 ]
            must "$verb answers in JSON" python3 -c 'import json; [json.loads(line) for line in open("answer.json")]; assert "E202" in open("answer.json").read() + open("answer.err").read()'
        done
        must "nothing is written" [ ! -e out ]
    }
    fault N239 "folders that are none" && {
        local verb
        for verb in resume status verify; do
            refuse_words 4 E410 - "$verb" nowhere
            nocturne "$verb" media
            must "$verb of a foreign folder ends with an error (got $code)" [ "$code" -gt 0 -a "$code" -lt 20 ]
            nocturne "$verb" job.yaml
            must "$verb of a file ends with an error (got $code)" [ "$code" -gt 0 -a "$code" -lt 20 ]
        done
        must "media is untouched" [ "$(ls media)" = "$(ls "$sounds" | grep wav)" ]
    }
}
