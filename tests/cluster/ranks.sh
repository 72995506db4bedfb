#!/usr/bin/env bash
# Ranks that die, hang and fail while a small job is rendered: what is delivered, and with which exit code.
#
#     tests/cluster/ranks.sh BUILD/nocturne CONFIGS
set -uo pipefail
nocturne=$(readlink -f "$1")
configs=$(readlink -f "$2")
work=$(mktemp -d "${TMPDIR:-/tmp}/nocturne-ranks.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export XDG_CACHE_HOME=$work/cache TMPDIR=$work/tmp
mkdir tmp
failures=0
cp -r "$configs/examples" examples
chmod -R u+w examples
job=examples/three-stems.yaml
short=(--set "project.length=12 s" --progress none)

check() { # WHAT CONDITION...
    local what=$1
    shift
    if "$@"; then
        echo "ok    $what"
    else
        echo "FAIL  $what"
        tail -8 last.log | sed 's/^/        /'
        failures=$((failures + 1))
    fi
}

sums() { (cd "$1" && cat SHA256SUMS); }
is_same() { sums "$1" 2> /dev/null | cmp -s - reference.sums; }
says() { grep -q -- "$1" last.log; }
is_code() { [ "$code" = "$1" ]; }

ours() { # live processes of this program that work here: launchers, mpirun, ranks
    local pid
    for pid in /proc/[0-9]*; do
        [ "$pid/cwd" -ef "$work" ] || continue # before anything that starts a process
        case $(readlink "$pid/exe" 2> /dev/null) in
        "$nocturne" | */.nocturne/program) echo "${pid#/proc/}" ;;
        esac
    done
}
leaves_nothing() { [ -z "$(ours)" ] && [ -z "$(ls -A tmp)" ]; }

render() { # NAME ARGUMENTS...: cold, code in $code
    rm -rf cache "out-$1"
    "$nocturne" render "$job" -o "out-$1" "${short[@]}" "${@:2}" > last.log 2>&1
    code=$?
}

render_reference() {
    render reference -j 1
    check "one rank renders" is_code 0
    sums out-reference > reference.sums
    render ranks -j 3
    check "three ranks give the same files" is_same out-ranks
}

heal() { # FAULT WARNING
    export NOCTURNE_FAULT=$1
    render heal -j 2
    unset NOCTURNE_FAULT
    check "$1: ends with 0 (got $code)" is_code 0
    check "$1: warns $2" says "$2"
    check "$1: same files" is_same out-heal
    check "$1: leaves nothing" leaves_nothing
}

heal_all() {
    local fault
    for fault in kill segv exit0 exit1 stop; do
        heal "$fault:spatialize mx:1" W601
    done
    heal "fail:encode stereo:2" W601
}

quarantine() { # FAULT ID
    export NOCTURNE_FAULT=$1
    render bad -j 2
    unset NOCTURNE_FAULT
    check "$1: ends with 6 (got $code)" is_code 6
    check "$1: says $2" says "$2"
    check "$1: cinema is delivered" test -f out-bad/deliverables/cinema/manifest.json
    check "$1: stereo is not" test ! -e out-bad/deliverables/stereo
    "$nocturne" resume out-bad --progress none > last.log 2>&1
    check "$1: resume completes it" is_same out-bad
}

kill_process() { # NAME WHICH SIGNAL: while rendering; code and files afterwards
    rm -rf cache "out-$1"
    NOCTURNE_FAULT= "$nocturne" render "$job" -o "out-$1" "${short[@]}" ${kept-} -j 2 > last.log 2>&1 &
    local launcher=$! tries=0 victim
    until grep -q task_done "out-$1/.nocturne/journal" 2> /dev/null || [ $((tries += 1)) -gt 200 ]; do
        sleep 0.02
    done
    case $2 in
    launcher) victim=$launcher ;;
    mpirun) victim=$(pgrep -P "$launcher" | head -1) ;;
    rank0) victim=$(grep -o '"pid":[0-9]*' "out-$1/.nocturne/journal" | tail -1 | cut -d: -f2) ;;
    esac
    kill "-$3" "$victim"
    wait "$launcher" 2> /dev/null
    code=$?
}

kill_all_kinds() {
    kill_process rank0 rank0 KILL
    check "rank 0 killed: healed" is_same out-rank0
    kill_process rank0 rank0 STOP
    check "rank 0 stopped: healed" is_same out-rank0
    kill_process mpirun mpirun KILL
    check "mpirun killed: healed" is_same out-mpirun
    check "mpirun killed: leaves nothing" leaves_nothing
    kill_process launcher launcher KILL
    sleep 0.5
    check "launcher killed: no rank is left" test -z "$(ours)"
    "$nocturne" resume out-launcher --progress none > last.log 2>&1
    check "launcher killed: the lock is taken over" says W703
    check "launcher killed: resume completes it" is_same out-launcher
    check "launcher killed: its leftovers are swept" leaves_nothing
}

stop_all_kinds() {
    local signal expected
    for signal in INT:130 TERM:143 USR1:143; do
        expected=${signal#*:}
        kill_process stop launcher "${signal%:*}"
        check "${signal%:*}: ends with $expected (got $code)" is_code "$expected"
        check "${signal%:*}: says E604" says E604
        check "${signal%:*}: leaves nothing" leaves_nothing
        "$nocturne" resume out-stop --progress none > last.log 2>&1
        check "${signal%:*}: resume completes it" is_same out-stop
    done
    kill_process hup launcher HUP
    check "HUP: is ignored" is_same out-hup
}

start_by_hand() {
    local as_root=()
    [ "$(id -u)" != 0 ] || as_root=(--allow-run-as-root)
    rm -rf cache out-hand
    mpirun "${as_root[@]}" --oversubscribe -n 3 "$nocturne" render "$job" -o out-hand "${short[@]}" \
        > last.log 2>&1
    check "mpirun by hand: ends with 0" test $? = 0
    check "mpirun by hand: same files" is_same out-hand
}

notify_and_watch() {
    local launcher
    rm -rf cache out-notify
    NOCTURNE_FAULT=sleep:spatialize:99 "$nocturne" render "$job" -o out-notify "${short[@]}" -j 2 \
        --notify 'cat > outcome.json' > last.log 2>&1 &
    launcher=$!
    until [ -f out-notify/.nocturne/journal ] || ! kill -0 "$launcher" 2> /dev/null; do
        sleep 0.02
    done
    "$nocturne" status out-notify --watch > watched.log 2>&1
    wait "$launcher"
    check "notify: the outcome comes as JSON" python3 -c 'import json
outcome = json.load(open("outcome.json"))
assert outcome["exit_code"] == 0 and outcome["deliverables"] == 3 and outcome["output"] == "out-notify"'
    check "watch: it was seen running" grep -q '  running: pid' watched.log
    check "watch: it ends with the run" eval 'tail -6 watched.log | grep -q "  finished"'
    check "watch: no escape bytes in a file" eval '! grep -q $'"'"'\x1b'"'"' watched.log'
    check "accounting: every stage of every deliverable has its row" python3 -c 'import csv
rows = list(csv.DictReader(open("out-notify/logs/accounting.csv")))
assert {(r["deliverable"], r["stage"]) for r in rows} >= {(d, s) for d in ("cinema", "stereo", "headphones") for s in ("master", "encode", "inspect")}
assert sum(float(r["core_s"]) for r in rows) > 0 and all(float(r["peak_rss_bytes"]) > 1e6 and r["user"] for r in rows)
assert sum(int(r["tasks"]) for r in rows) == len(open("out-notify/.nocturne/journal").read().split("\"ev\":\"task_done\"")) - 1'
    check "accounting: metrics for a collector" grep -q '^nocturne_exit_code{run="TRIO_v1"} 0$' out-notify/logs/metrics.prom
    "$nocturne" render "$job" -o out-notify "${short[@]}" -j 1 --notify 'cat > /dev/null; exit 3' > last.log 2>&1
    check "notify: a failing command changes no code" test $? = 0
}

# Both jobs survive what the music of one does to a rank.
render_two() {
    rm -rf cache out
    sed 's/code: TRIO/code: TRIO, cut: v2/' "$job" > examples/second.yaml
    NOCTURNE_FAULT="kill:spatialize mx:1" "$nocturne" render "$job" examples/second.yaml "${short[@]}" \
        -j 2 > last.log 2>&1
    code=$?
    check "two jobs: ends with 0 (got $code)" is_code 0
    check "two jobs: the first is what it is alone" is_same out/TRIO_v1
    check "two jobs: the second is delivered" test -f out/TRIO_v2/SHA256SUMS
    check "two jobs: leaves nothing" leaves_nothing
}

count_events() { grep -c "\"ev\":\"$1\"" out-keep/.nocturne/journal; }

# FAULT: what a dead rank had is made again by those that live
keep() {
    rm -rf cache out-keep
    NOCTURNE_FAULT=$1 "$nocturne" render "$job" -o out-keep "${short[@]}" -j 3 --keep-ranks > last.log 2>&1
    code=$?
    check "keep-ranks, $1: ends with 0 (got $code)" is_code 0
    check "keep-ranks, $1: same files" is_same out-keep
    check "keep-ranks, $1: leaves nothing" leaves_nothing
    check "keep-ranks, $1: no roll is left" test -z "$(ls out-keep/.nocturne/ranks | grep dead)"
}

keep_ranks() {
    local kind
    for kind in kill exit0; do
        keep "$kind:spatialize mx 0.000 s:1"
        check "keep-ranks, $kind: one launch" test "$(count_events joined)" = 1
        check "keep-ranks, $kind: one task lost" test "$(count_events lost)" = 1
        check "keep-ranks, $kind: it is told" \
            says 'died: `spatialize mx 0.000 s` starts again, the other ranks go on'
    done
    keep "kill:spatialize:1"
    check "keep-ranks, most die: all are started again" says 'more than half of the ranks died'
    export kept=--keep-ranks
    kill_process rank0 rank0 KILL
    check "keep-ranks, rank 0 killed: healed" is_same out-rank0
    kill_process mpirun mpirun KILL
    check "keep-ranks, mpirun killed: healed" is_same out-mpirun
    check "keep-ranks, mpirun killed: leaves nothing" leaves_nothing
    unset kept
}

start_without_mpirun() {
    rm -rf cache
    PATH=/nowhere "$nocturne" render "$job" -o out-alone "${short[@]}" -j 4 > last.log 2>&1
    code=$?
    check "no mpirun, -j 4: ends with 5 (got $code)" is_code 5
    check "no mpirun, -j 4: E514" says E514
    check "no mpirun, -j 4: writes nothing" test ! -e out-alone
}

trap 'kill -KILL $(ours) 2> /dev/null; rm -rf "$work"' EXIT
render_reference
heal_all
quarantine "kill:encode stereo:99" E602
quarantine "fail:encode stereo:99" E601
kill_all_kinds
stop_all_kinds
start_by_hand
notify_and_watch
render_two
keep_ranks
start_without_mpirun
[ "$failures" = 0 ] && echo "all as it should be" || echo "$failures failures"
[ "$failures" = 0 ]
