# Runs that are stopped, killed, started in odd surroundings. What ranks do when they die: tests/cluster/ranks.sh.

two_deliverables() { printf '  bi: {layout: binaural}\n' >> job.yaml; }

state_of() { local state; state=$(sed 's/.*) //' "/proc/$1/stat" 2> /dev/null); echo "${state:-X}"; }
start_slow() { # a render in the background that stops at a task: $started
    NOCTURNE_FAULT="stop:${1:-encode st}:1" "$nocturne" render job.yaml -o out -j 1 --progress none > back.log 2>&1 < /dev/null &
    started=$!
    local tries=0
    until [[ "$(state_of "$started")" == T* ]] || [ $((tries += 1)) -gt 250 ]; do
        sleep 0.02
    done
}
end_started() { # SIGNAL: the code; 137 when it still runs after 10 s
    kill "-$1" "$started"
    kill -CONT "$started" 2> /dev/null
    local tries=0
    {
        until [[ "$(state_of "$started")" == [ZX]* ]] || [ $((tries += 1)) -gt 500 ]; do
            sleep 0.02
            kill -CONT "$started" # a task that is repeated stops again
        done
        kill -KILL "$started"
        wait "$started"
        code=$?
    } 2> /dev/null
    log=$PWD/back.log
}
leaves_no_process() { [ -z "$(ours)" ]; }

run_signal_cases() {
    local signal
    for signal in INT:130 TERM:143 USR1:143; do
        fault "N168-${signal%:*}" "${signal%:*} while rendering" && {
            reference
            start_slow "prepare mx"
            end_started "${signal%:*}"
            judge "${signal#*:}" E604 'nocturne resume' "" NONE RESUME
            must "${signal#*:} E604, then resume${wrong:+, but:$wrong}" [ -z "$wrong" ]
            must "no process is left" leaves_no_process
        }
    done
    fault N171 "HUP while rendering" && {
        reference
        start_slow
        end_started HUP
        judge 0 - - "" SAME
        must "is ignored${wrong:+, but:$wrong}" [ -z "$wrong" ]
    }
    fault N170 "killed at every kind of task" && {
        local kind
        two_deliverables
        reference
        for kind in prepare spatialize master 'write st' 'encode bi' 'meter st' 'inspect bi'; do
            rm -rf out cache
            start_slow "$kind"
            end_started KILL
            must "$kind: no process is left" leaves_no_process
            must "$kind: what is visible is whole" is_whole
            expect resume 0 W703 'took over' SAME NOPART
        done
    }
    fault N172 "stdout that nobody reads" && {
        reference
        timeout 20 "$nocturne" render job.yaml -o out -j 1 2> /dev/null | true
        must "exit 0" [ "${PIPESTATUS[0]}" = 0 ]
        must "same sounds" is_same
    }
    fault N174 "stopped by Ctrl-Z and gone on" && {
        reference
        start_slow
        end_started CONT
        judge 0 - - "" SAME
        must "goes on${wrong:+, but:$wrong}" [ -z "$wrong" ]
    }
    fault N176 "killed again and again" && {
        local delay
        two_deliverables
        reference
        for delay in 0.004 0.008 0.012 0.016 0.02 0.03 0.04 0.05 0.07 0.1; do
            "$nocturne" render job.yaml -o out -j 1 --progress none > back.log 2>&1 < /dev/null &
            started=$!
            sleep "$delay"
            end_started KILL
            is_whole || miss "killed after $delay s: something visible is not whole"
        done
        ok render SAME NOPART
        ok verify
    }
}

run_rank_cases() {
    fault N184 "1, 2, 3 ranks and more ranks than tasks" && {
        local count
        two_deliverables
        reference
        for count in 1 2 3 9; do
            rm -rf out cache
            limit_s=20
            ranks=$count ok render SAME NOPART
        done
        ranks=1
        limit_s=10
    }
    fault N192 "no mpirun" && {
        environment=(PATH=/nowhere)
        nocturne_without_path render job.yaml -o out -j 8
        judge 5 E514 'install openmpi-bin' "" CLEAN
        must "-j 8: 5 E514${wrong:+, but:$wrong}" [ -z "$wrong" ]
        must "nothing is written" [ ! -e out ]
        nocturne_without_path render job.yaml -o out -j 1
        must "-j 1 renders" [ "$code" = 0 ]
    }
    fault N194 "a task fails twice, then works" && {
        reference
        environment=(NOCTURNE_FAULT="fail:spatialize mx:2")
        expect render 0 W601 'retr' SAME NOPART
    }
    fault N195 "a task fails at every try" && {
        two_deliverables
        reference
        environment=(NOCTURNE_FAULT="fail:encode bi:99")
        expect render 6 E601 'are finished and kept' NOPART
        must "the other deliverable is there" [ -f out/deliverables/st/manifest.json ]
        must "the failed one is not" [ ! -e out/deliverables/bi ]
        environment=()
        ok resume SAME NOPART
    }
}

nocturne_without_path() {
    log=$work/$case_id.log
    PATH=/nowhere "$nocturne" "$@" > "$log" 2>&1 < /dev/null
    code=$?
}

run_surrounding_cases() {
    fault N186 "years 1970 and 2040" && {
        command -v faketime > /dev/null && {
            reference
            faketime '1970-01-02' "$nocturne" render job.yaml -o out -j 1 > back.log 2>&1
            must "same sounds in 1970" is_same
        } || skip "no faketime here"
    }
    fault N187 "time zone and language" && {
        layer 'file: media/a.wav, role: MELODY'
        environment=(TZ=Asia/Kathmandu LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8)
        refuse check 3 E205 - LOC
        layer 'file: media/a.wav, role: texture'
        environment=(); reference
        environment=(TZ=Asia/Kathmandu LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8)
        ok render SAME NOPART
        must "the manifests are the same" cmp -s {reference,out}/deliverables/st/manifest.json
    }
    fault N188 "no HOME, no TMPDIR, no cache folder" && {
        reference
        environment=(-u HOME -u XDG_CACHE_HOME -u TMPDIR)
        ok render SAME NOPART
        must "the store lies in the output folder" [ -d out/.nocturne/store ]
        rm -rf out
        environment=(HOME=/nonexistent XDG_CACHE_HOME=relative TMPDIR=/nonexistent)
        expect render '*' - - NOPART
        must "it renders or says why" eval '[ "$code" = 0 ] || grep -q "E5" "$log"'
        must "and nothing appeared in ./relative" [ ! -e relative ]
        rm -rf out
        environment=(TMPDIR=/nonexistent)
        ranks=2
        expect render '*' - - NOPART
        must "two ranks render or say why" eval '[ "$code" = 0 ] || grep -q "E5" "$log"'
        ranks=1
    }
    fault N189 "no terminal" && {
        environment=(TERM=dumb NO_COLOR=1 COLUMNS=20)
        log=$work/$case_id.log
        timeout 20 "$nocturne" render job.yaml -o out -j 1 > "$log" 2>&1
        must "exit 0" [ $? = 0 ]
        must "no escape bytes" eval '! grep -q $'"'"'\x1b'"'"' -r "$log" out/logs'
    }
    fault N190 "closed streams" && {
        reference
        timeout 20 "$nocturne" render job.yaml -o out -j 1 --progress none >&- 2> /dev/null
        must "without stdout: same sounds" is_same
        rm -rf out cache
        timeout 20 "$nocturne" render job.yaml -o out -j 1 --progress none > /dev/null 2>&-
        must "without stderr: same sounds" is_same
        rm -rf out cache
        timeout 20 "$nocturne" render job.yaml -o out -j 1 --progress none <&- >&- 2>&-
        must "without any: same sounds" is_same
        must "without any: whole" is_whole
    }
    fault N190b "answers into a full disk" && {
        log=$work/$case_id.log
        timeout 20 "$nocturne" render job.yaml -o out -j 1 --progress none > /dev/full 2> "$log"
        must "the delivery is whole" is_whole
        must "and there" [ -f out/deliverables/st/manifest.json ]
    }
}

run_cases() {
    run_signal_cases
    run_rank_cases
    run_surrounding_cases
}
