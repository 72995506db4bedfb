# The words that the cases are written in. Sourced by run.
#
#     fault N031 "unknown key with a near name" && {    a fresh folder with a good job and its sound
#         edit 's/file:/gian: 1 dB, file:/'
#         refuse check 3 E202 'did you mean `gain`' LOC
#     }
#
# expect VERB EXIT ID TEXT [WORD...]  runs the verb on the job; `-` for no id, no text
#   LOC      the message names line and column of the job
#   CLEAN    nothing in the output folder appeared, went or changed
#   NOPART   every visible deliverable is whole: its own SHA256SUMS hold
#   NONE     no deliverable is visible
#   RESUME   a later `resume` completes it with the sounds of an undisturbed run
#   SOUND    the samples are those of the reference, whose files say they come from other bytes
#   SAME     the sounds are those of the reference of this case (see `reference`)
# refuse ...  expect ... CLEAN
# ok ...      expect VERB 0 - -

passed=0 failed=0 skipped=0
case_id= case_name= log=

# ---- places ----

prepare_sounds() {
    export SOX_OPTS=-V1
    sounds=$work/sounds
    mkdir "$sounds"
    sox -R -n -r 48000 -b 24 -c 1 "$sounds/a.wav" synth 1 sine 440 fade 0.1 1 0.1 gain -12
    sox -R -n -r 48000 -b 24 -c 1 "$sounds/b.wav" synth 1 sine 300 fade 0.1 1 0.1 gain -18
    sox -R "$sounds/a.wav" "$sounds/b.wav" --combine merge -b 24 "$sounds/stereo.wav"
    cat > "$sounds/job.yaml" << 'YAML'
nocturne: 1
project: {title: Fault, code: FLT, length: 1 s}
layers:
  mx: {file: media/a.wav}
deliverables:
  st: {layout: 2.0}
YAML
}

ours() { # live processes of this program that work below our folder
    local pid
    for pid in /proc/[0-9]*; do
        case $(readlink "$pid/exe" 2> /dev/null) in
        "$nocturne" | */.nocturne/program) ;;
        *) continue ;;
        esac
        if [[ "$(readlink "$pid/cwd" 2> /dev/null)" == "$work"* ]]; then
            echo "${pid#/proc/}"
        fi
    done
}

mounts=()
mount_small() { # FOLDER OPTIONS: false when this is not allowed here
    mkdir -p "$1"
    mount -t tmpfs -o "$2" tmpfs "$1" 2> /dev/null || return 1
    mounts+=("$PWD/$1")
}

unmount_all() {
    local folder
    for folder in "${mounts[@]}"; do
        umount -l "$folder"
    done
    mounts=()
}

end_case() {
    local left
    unmount_all
    cd "$work" || exit 1
    left=$(ours)
    [ -z "$left" ] || kill -KILL $left 2> /dev/null
    if [ -n "$case_id" ]; then
        chmod -R u+rwx "$work/$case_id" 2> /dev/null
        rm -rf "${work:?}/$case_id"
    fi
}

clean_up() {
    end_case
    chmod -R u+rwx "$work" 2> /dev/null
    rm -rf "$work"
}

# ---- cases ----

fault() { # ID TITLE: false when it is not asked for
    if [ "$wanted" != "  " ] && [[ "$wanted" != *" $1 "* ]]; then
        return 1
    fi
    end_case
    case_id=$1 case_name=$2
    mkdir "$work/$1" "$work/$1/media"
    cd "$work/$1" || exit 1
    cp "$sounds/job.yaml" .
    cp "$sounds"/*.wav media/
    ranks=1
    export XDG_CACHE_HOME=$work/$1/cache TMPDIR=$work/$1/tmp
    mkdir tmp
    environment=()
    reference_folder=
}

pass() { passed=$((passed + 1)); echo "ok    $case_id $case_name: $1"; }
miss() { # WHAT, and the end of the log
    failed=$((failed + 1))
    echo "FAIL  $case_id $case_name: $1"
    [ -z "$log" ] || cut -c -160 "$log" | tail -12 | sed 's/^/        /'
}
skip() { skipped=$((skipped + 1)); echo "skip  $case_id $case_name: $1"; }

must() { # WHAT COMMAND...
    local what=$1
    shift
    if "$@"; then pass "$what"; else miss "$what"; fi
}

# ---- the job and its sounds ----

edit() { sed -i "$@" job.yaml; }
job() { cat > job.yaml; }
layer() { edit "s|mx: {.*|mx: {$1}|"; }
project() { edit "s|length: 1 s}|length: 1 s, $1}|"; }
bytes() { # FILE OFFSET \xHH...: overwrites
    printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
size_of() { stat -c %s "$1"; }
flip() { # FILE OFFSET: one bit
    local value
    value=$(od -An -tu1 -j "$2" -N 1 "$1")
    bytes "$1" "$2" "\\x$(printf %x $((value ^ 1)))"
}
floats() { # FILE [RAW-FLOAT-BYTES-AT-FRAME-24000]: 1 s of float mono
    sox -R -n -r 48000 -e floating-point -b 32 -c 1 "$1" synth 1 sine 440 gain -12
    [ $# -lt 2 ] || bytes "$1" $(($(size_of "$1") - 4 * 24000)) "$2"
}

# ---- running ----

nocturne() { # VERB ARGUMENTS...: in $code and $log
    log=$work/$case_id.log
    (
        [ -z "${cpu_s:-}" ] || { ulimit -t "$cpu_s" && ulimit -v "$memory_kib"; }
        exec env "${environment[@]}" timeout -k 2 "${limit_s:-20}" "$nocturne" "$@"
    ) > "$log" 2>&1 < /dev/null
    code=$?
}

has_user() { # somebody whom permissions hold back; root borrows nobody
    [ "$(id -u)" != 0 ] && return 0
    chmod 755 "$work" "$PWD"
    setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$nocturne" 2> /dev/null && return 0
    skip "nobody may not run $nocturne"
    return 1
}
as_nobody() { # VERB ARGUMENTS...: as an ordinary user, for root
    log=$work/$case_id.log
    setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent \
        timeout -k 2 "${limit_s:-20}" "$nocturne" "$@" > "$log" 2>&1 < /dev/null
    code=$?
}

run_verb() {
    case $1 in
    check) nocturne check job.yaml "${extra[@]}" ;;
    plan) nocturne plan job.yaml -o out "${extra[@]}" ;;
    render) nocturne render job.yaml -o out -j "${ranks:-1}" --progress none "${extra[@]}" ;;
    *) nocturne "$1" out "${extra[@]}" ;;
    esac
}

snapshot() { find out -printf '%p %y %s %T@ %l\n' 2> /dev/null | sort; }
sums() { # the sounds of a folder
    (cd "$1/deliverables" 2> /dev/null && find . -type f ! -name manifest.json ! -name SHA256SUMS -print0 |
        sort -z | xargs -0 sha256sum)
}

reference() { # of the job as it stands now, undisturbed
    XDG_CACHE_HOME=$work/$case_id/reference-cache nocturne render job.yaml -o reference -j 1 --progress none
    [ "$code" = 0 ] || miss "the reference renders (got $code)"
    sums reference > reference.sums
    reference_folder=reference
}

is_same() { sums out | cmp -s - reference.sums; }

samples() { # of a folder, without what the files say about the bytes they come from
    local file
    (cd "$1/deliverables" && find . -type f -name '*.[wf][al][va]*' | sort | while read -r file; do
        echo "$file $(ffmpeg -v error -i "$file" -f f64le - < /dev/null | sha256sum)"
    done)
}
is_alike() { [ -n "$(samples out)" ] && [ "$(samples out)" = "$(samples reference)" ]; }

is_whole() { # every visible deliverable
    local folder
    for folder in out/deliverables/*/; do
        [ -d "$folder" ] || continue
        (cd "$folder" && [ -f manifest.json ] && sha256sum --status -c SHA256SUMS) || return 1
    done
    [ -z "$(find out/deliverables -name '*.part' 2> /dev/null)" ]
}

resumes() {
    local said=$log
    nocturne resume out --progress none
    [ "$code" = 0 ] && is_same && return 0
    cat "$said" >> "$log"
    return 1
}

extra=()       # further arguments of the next run
environment=() # NAME=VALUE for the runs of this case
# What is wrong after the verb, in $wrong.
judge() { # EXIT ID TEXT BEFORE WORD...
    local exit_code=$1 id=$2 text=$3 before=$4 word
    shift 4
    wrong=
    [ "$exit_code" = '*' ] && [ "$code" -lt 124 ] || [ "$code" = "$exit_code" ] || wrong+=" exit $code"
    [ "$id" = - ] || grep -qE -- "\[$id\]" "$log" || wrong+=" no $id"
    [ "$text" = - ] || grep -qF -- "$text" "$log" || wrong+=" not said: $text"
    for word in "$@"; do
        case $word in
        LOC) grep -qE '^ *--> job\.yaml:[0-9]+:[0-9]+$' "$log" || wrong+=" LOC" ;;
        CLEAN) [ "$(snapshot)" = "$before" ] || wrong+=" CLEAN" ;;
        NOPART) is_whole || wrong+=" NOPART" ;;
        NONE) [ -z "$(ls out/deliverables 2> /dev/null)" ] || wrong+=" NONE" ;;
        SAME) is_same || wrong+=" SAME" ;;
        SOUND) is_alike || wrong+=" SOUND" ;;
        RESUME) resumes || wrong+=" RESUME" ;;
        *) wrong+=" unknown word $word" ;;
        esac
    done
}

expect() { # VERB EXIT ID TEXT [WORD...]
    local before
    before=$(snapshot)
    run_verb "$1"
    judge "$2" "$3" "$4" "$before" "${@:5}"
    must "$1 ends with $2${3:+ }${3#-}${wrong:+, but:$wrong}" [ -z "$wrong" ]
    extra=()
}
refuse() { expect "$@" CLEAN; }
ok() { expect "$1" 0 - - "${@:2}"; }
