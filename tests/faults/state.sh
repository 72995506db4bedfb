# Folders in use, stale locks, damaged state, and folders that changed since they were delivered.

state_lock_cases() {
    fault N196 "two runs in one folder" && {
        reference
        start_slow
        refuse render 10 E701 "pid $started"
        must "it says the host" grep -qF "$(hostname)" "$log"
        expect resume 10 E701 "pid $started" CLEAN
        layer 'file: media/b.wav'
        refuse render 10 E701 "pid $started"
        layer 'file: media/a.wav'
        end_started CONT
        judge 0 - - "" SAME NOPART
        must "the first one is undisturbed${wrong:+, but:$wrong}" [ -z "$wrong" ]
    }
    fault N196b "two runs started together" && {
        local first second
        reference
        timeout 20 "$nocturne" render job.yaml -o out -j 1 --progress none > one.log 2>&1 &
        first=$!
        timeout 20 "$nocturne" render job.yaml -o out -j 1 --progress none > two.log 2>&1 &
        second=$!
        wait "$first"; first=$?
        wait "$second"; second=$?
        must "each ends with 0 or 10 ($first, $second)" eval 'case "$first $second" in "0 0" | "0 10" | "10 0") true ;; *) false ;; esac'
        must "same sounds" is_same
        must "whole" is_whole
    }
    fault N197 "stale lock of a dead process" && {
        reference
        start_slow
        end_started KILL
        expect render 0 W703 - SAME NOPART
    }
    fault N198 "lock of another host" && {
        reference
        start_slow
        end_started KILL
        sed -i 's/"host":"[^"]*"/"host":"elsewhere"/' out/.nocturne/lock
        refuse render 10 E701 '--take-over'
        must "it names the host" grep -qF elsewhere "$log"
        extra=(--take-over)
        expect render 0 - - SAME NOPART
    }
    fault N199 "garbage in the lock" && {
        ok render
        local garbage
        layer 'file: media/b.wav'
        for garbage in '' '{' '{"pid":-1}' '[]' 'null' '{"pid":1e99,"host":5}' "$(head -c 9000 /dev/zero | tr '\0' x)"; do
            printf '%s' "$garbage" > out/.nocturne/lock
            refuse render 10 E701 'unreadable lock'
        done
        head -c 300 "$nocturne" > out/.nocturne/lock
        refuse render 10 E701 'unreadable lock'
        rm out/.nocturne/lock && mkfifo out/.nocturne/lock
        refuse render 10 E701 -
        rm out/.nocturne/lock && mkdir out/.nocturne/lock
        refuse render 10 E701 -
    }
}

state_journal_cases() {
    local cut size
    fault N200 "journal cut at many bytes" && {
        two_deliverables
        reference
        start_slow "encode bi"
        end_started KILL
        cp -r out before
        size=$(size_of out/.nocturne/journal)
        for cut in 0 1 2 $((size / 7)) $((size / 3)) $((size / 2)) $((size - 2)) $((size - 1)); do
            rm -rf out cache && cp -r before out
            truncate -s "$cut" out/.nocturne/journal
            expect resume 0 - - SAME NOPART
        done
    }
    fault N201 "journal with a flipped bit" && {
        reference
        start_slow "encode st"
        end_started KILL
        cp -r out before
        size=$(size_of out/.nocturne/journal)
        for cut in 0 5 40 $((size / 2)) $((size - 3)); do
            rm -rf out && cp -r before out
            flip out/.nocturne/journal "$cut"
            expect resume 0 - - SAME NOPART
            nocturne status out
            must "status does not fail" [ "$code" = 0 ]
        done
        rm -rf out && cp -r before out
        head -c 20000 "$nocturne" >> out/.nocturne/journal
        expect resume 0 - - SAME NOPART
    }
    fault N201b "damaged run.json" && {
        ok render
        cp -r out before
        for cut in '' '{' '[]' '{"job":5}'; do
            printf '%s' "$cut" > out/.nocturne/run.json
            expect resume '*' - -
            must "resume says why" eval '[ "$code" = 0 ] || grep -q "error\[E" "$log"'
            must "the delivery is untouched" diff -r before/deliverables out/deliverables
        done
        rm -rf out/.nocturne
        expect resume '*' - -
        must "without state: resume says why" eval '[ "$code" != 0 ] && grep -q "error\[E" "$log"'
        must "without state: the delivery is untouched" diff -r before/deliverables out/deliverables
    }
}

objects() { find cache -type f -path '*objects*' -size +1k -print 2> /dev/null | sort; }
in_store() { find cache -type f ! -path '*/index/*' -print | sort; }

state_store_cases() {
    local file
    fault N203 "store object with a flipped bit" && {
        ok render
        layer 'file: media/a.wav, gain: 0 dB'
        reference
        for file in $(in_store); do
            cp -r cache cache.kept
            flip "$file" $(($(size_of "$file") / 2))
            rm -rf out
            expect render 0 - - SAME NOPART
            rm -rf cache && mv cache.kept cache
        done
        for file in $(in_store | head -1); do
            flip "$file" $(($(size_of "$file") / 2))
        done
    }
    fault N203b "every store object damaged" && {
        reference
        ok render
        for file in $(in_store); do
            flip "$file" $(($(size_of "$file") - 1))
        done
        rm -rf out
        expect render 0 W701 damaged SAME NOPART
    }
    fault N204 "store objects cut to 0 and by one byte" && {
        reference
        ok render
        for file in $(in_store); do : > "$file"; done
        rm -rf out
        expect render 0 - - SAME NOPART
        for file in $(in_store); do truncate -s -1 "$file"; done
        rm -rf out
        expect render 0 - - SAME NOPART
    }
    fault N205 "store objects exchanged" && {
        local files
        reference
        ok render
        mapfile -t files < <(in_store)
        mv "${files[0]}" x && mv "${files[1]}" "${files[0]}" && mv x "${files[1]}"
        rm -rf out
        expect render 0 - - SAME NOPART
    }
    fault N209 "store objects that are folders, links and FIFOs" && {
        reference
        ok render
        local number=0
        for file in $(in_store); do
            rm "$file"
            case $((number++ % 3)) in
            0) mkdir "$file" ;;
            1) ln -s /etc/passwd "$file" ;;
            2) mkfifo "$file" ;;
            esac
        done
        rm -rf out
        expect render '*' - - NOPART
        must "it renders or says why" eval '[ "$code" = 0 ] && is_same || grep -q "error\[E" "$log"'
    }
    fault N207 "store deleted while rendering" && {
        reference
        start_slow "master st"
        rm -rf cache
        end_started CONT
        judge 0 - - "" SAME NOPART
        must "it heals itself${wrong:+, but:$wrong}" [ -z "$wrong" ]
    }
    fault N208 "one store, two runs" && {
        local first second
        reference
        timeout 20 "$nocturne" render job.yaml -o out -j 1 --progress none > one.log 2>&1 &
        first=$!
        timeout 20 "$nocturne" render job.yaml -o out2 -j 1 --progress none > two.log 2>&1 &
        second=$!
        wait "$first"; must "the first ends with 0" [ $? = 0 ]
        wait "$second"; must "the second ends with 0" [ $? = 0 ]
        must "same sounds" is_same
    }
}

state_folder_cases() {
    fault N211 "delivered file with a flipped bit" && {
        ok render
        flip out/deliverables/st/FLT_v1_st_full.wav 5000
        expect verify 9 E709 'FLT_v1_st_full.wav differs' CLEAN
    }
    fault N212 "delivered file deleted" && { ok render; rm out/deliverables/st/*.wav; expect verify 9 E709 missing CLEAN; }
    fault N213 "extra file in a deliverable" && {
        ok render; touch out/deliverables/st/extra.wav
        expect verify 9 E709 'not in the manifest' CLEAN
    }
    fault N214 "manifests and sums edited" && {
        ok render
        cp -r out before
        sed -i 's/"frames": *[0-9]*/"frames": 7/; s/"sha256": *"./"sha256": "0/' out/deliverables/st/manifest.json
        expect verify 9 E709 manifest CLEAN
        rm -rf out && cp -r before out
        sed -i '1s/^./x/' out/SHA256SUMS
        expect verify 9 E709 - CLEAN
        rm -rf out && cp -r before out
        echo "$(printf '0%.0s' {1..64})  ../../../etc/passwd" >> out/SHA256SUMS
        expect verify 9 E709 - CLEAN
        rm -rf out && cp -r before out
        : > out/deliverables/st/manifest.json
        expect verify 9 E709 manifest CLEAN
        rm out/SHA256SUMS
        expect verify 9 E709 - CLEAN
    }
    fault N215 "output folder moved" && {
        ok render
        mkdir elsewhere && mv out elsewhere/other && ln -s elsewhere/other out
        ok verify
    }
    fault N216 "resume after the job changed" && {
        ok render
        layer 'file: media/a.wav, gain: -3 dB'
        reference
        expect resume 0 - 'tasks must run again' SAME NOPART
    }
    fault N218 "resume of a finished run" && {
        ok render
        cp -r out/deliverables before
        expect resume 0 - 'nothing to do'
        must "nothing changed" diff -r before out/deliverables
    }
    fault N212b "render after a delivered file was deleted or cut" && {
        reference
        ok render
        rm out/deliverables/st/*.wav
        ok render SAME NOPART
        truncate -s 100 out/deliverables/st/*.wav
        ok render SAME NOPART
        rm out/SHA256SUMS out/manifest.json
        ok render SAME NOPART
        ok verify
    }
    fault N217 "folder without its job and inputs" && {
        ok render
        rm -rf job.yaml media
        expect resume '*' - -
        must "resume says what is missing" eval '[ "$code" = 0 ] || grep -q "E410" "$log"'
        ok verify
    }
}

state_cases() {
    state_lock_cases
    state_journal_cases
    state_store_cases
    state_folder_cases
}
