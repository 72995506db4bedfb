# Disks that are full, read-only or forbidden, and limits of the process.

small_disk() { # OPTIONS: out and cache on it; skips the case when it cannot be mounted
    mount_small disk "$1" || { skip "a tmpfs cannot be mounted here"; return 1; }
    mkdir disk/out disk/cache && ln -s disk/out out
    export XDG_CACHE_HOME=$PWD/disk/cache
}
grow() { # FRAMES: a longer sound
    sox -R -n -r 48000 -b 24 -c 1 media/a.wav synth "$1" whitenoise gain -12
    edit "s/length: 1 s/length: $1 s/"
}

disk_space_cases() {
    fault N138 "full disk: foreseen" && {
        grow 20; reference
        small_disk size=2m && {
            expect render 5 E501 'no space' NONE
            mount -o remount,size=64m "$PWD/disk"
            ok render SAME NOPART
        }
    }
    fault N138b "full disk: while rendering, at many sizes" && {
        local free_kib
        grow 3; reference
        edit 's/2.0}/2.0, bits: 32f}/'; reference
        small_disk size=64m && {
            for free_kib in 20 200 560 700 1100 1300 1600 1900 2200 2350 2500 2700; do
                rm -rf disk/out/* disk/out/.nocturne disk/cache/* disk/filler
                mount -o remount,size=64m "$PWD/disk"
                mount -o remount,size=$((free_kib + 16))k "$PWD/disk"
                expect render '*' - - NOPART
                [ "$code" = 0 ] && ! is_same && miss "$free_kib KiB: other sounds"
                [ "$code" = 0 ] || judge 5 E501 'no space' ""
                [ -z "$wrong" ] || miss "$free_kib KiB free:$wrong"
                mount -o remount,size=64m "$PWD/disk"
                ok render SAME NOPART
            done
        }
    }
    fault N138c "full disk under an earlier delivery" && {
        grow 3
        small_disk size=64m && {
            ok render
            cp -r disk/out/deliverables before
            layer 'file: media/a.wav, gain: 1 dB'; reference
            mount -o remount,size=$(($(du -sk disk | cut -f1) + 600))k "$PWD/disk"
            expect render 5 E501 'no space' NOPART
            must "the earlier delivery is untouched" diff -r before disk/out/deliverables
            mount -o remount,size=64m "$PWD/disk"
            ok resume SAME NOPART
        }
    }
    fault N149 "no inodes left" && {
        local inodes
        reference
        small_disk size=64m,nr_inodes=1000 && {
            for inodes in 8 12 16 20 24 28 32; do
                rm -rf disk/out/* disk/out/.nocturne disk/cache/*
                mount -o remount,nr_inodes=$inodes "$PWD/disk"
                expect render '*' - - NOPART
                [ "$code" = 0 ] || { judge 5 E501 'no space' ""; [ -z "$wrong" ] || miss "$inodes inodes:$wrong"; }
                mount -o remount,nr_inodes=1000 "$PWD/disk"
                ok render SAME NOPART
            done
        }
    }
    fault N154 "full cache, free output" && {
        grow 3; reference
        mount_small disk size=300k && {
            export XDG_CACHE_HOME=$PWD/disk
            expect render 5 E501 'no space' NONE
            mount -o remount,size=64m "$PWD/disk"
            ok render SAME NOPART
        }
    }
}

disk_limit_cases() {
    fault N143 "file size limit" && {
        local limit
        reference
        for limit in 1 8 64 200; do
            rm -rf out cache
            nocturne_limited "-f $limit"
            judge 5 E504 'file size limit' "" NONE
            must "ulimit -f $limit: 5 E504${wrong:+, but:$wrong}" [ -z "$wrong" ]
            ok render SAME NOPART
        done
        rm -rf out cache
        ranks=2 nocturne_limited "-f 200"
        judge 5 E504 'file size limit' "" NONE
        must "two ranks: 5 E504${wrong:+, but:$wrong}" [ -z "$wrong" ]
    }
    fault N150 "few open files" && {
        reference
        rm -rf out cache; nocturne_limited "-n 5"
        judge 5 E508 'open files' "" NONE
        must "ulimit -n 5: 5 E508${wrong:+, but:$wrong}" [ -z "$wrong" ]
        rm -rf out cache; nocturne_limited "-n 64"
        judge 0 - - "" SAME
        must "ulimit -n 64: 0${wrong:+, but:$wrong}" [ -z "$wrong" ]
    }
    fault N155 "little memory" && {
        reference
        rm -rf out cache; nocturne_limited "-v 40000"
        judge '*' - - "" NOPART
        must "ulimit -v 40000: no crash${wrong:+, but:$wrong}" [ -z "$wrong" ]
        must "and it says why" [ "$code" = 0 -o -s "$log" ]
        ok render SAME NOPART
    }
}

nocturne_limited() { # ULIMIT-WORDS: render under a limit
    log=$work/$case_id.log
    (
        ulimit $1
        timeout -k 2 20 "$nocturne" render job.yaml -o out -j "${ranks:-1}" --progress none
    ) > "$log" 2>&1 < /dev/null
    code=$?
}

disk_permission_cases() {
    fault N145 "read-only output" && {
        mount_small out ro && {
            refuse render 5 E502 'read-only'
        } || skip "a tmpfs cannot be mounted here"
    }
    fault N145b "read-only after an earlier delivery" && {
        small_disk size=64m && {
            ok render
            layer 'file: media/b.wav'
            mount -o remount,ro "$PWD/disk"
            refuse render 5 E502 'read-only'
            mount -o remount,rw "$PWD/disk"
            ok render NOPART
        }
    }
    fault N146 "output that may not be written" && has_user && {
        mkdir out && chmod 555 out
        may_not_write
        chmod 755 out && rmdir out && mkdir deep && chmod 555 deep
        nobody_or_me render job.yaml -o deep/out -j 1
        judge 5 E503 ermission "" CLEAN
        must "below a closed folder: 5 E503${wrong:+, but:$wrong}" [ -z "$wrong" ]
        must "nothing is written" [ -z "$(ls -A deep)" ]
    }
    fault N146b "deliverables folder that may not be written" && has_user && {
        [ "$(id -u)" != 0 ] || { mkdir out cache && chown 65534 . out cache tmp media; }
        nobody_or_me render job.yaml -o out -j 1
        must "first render" [ "$code" = 0 ]
        cp -r out/deliverables before
        layer 'file: media/b.wav'
        chmod 555 out/deliverables
        nobody_or_me render job.yaml -o out -j 1
        judge 5 E503 ermission "" NOPART
        must "5 E503${wrong:+, but:$wrong}" [ -z "$wrong" ]
        must "the earlier delivery is untouched" diff -r before out/deliverables
        chmod 755 out/deliverables
    }
    fault N146c "cache that may not be written" && has_user && {
        [ "$(id -u)" != 0 ] || { mkdir out && chown 65534 . out tmp media; }
        mkdir cache && chmod 555 cache
        nobody_or_me render job.yaml -o out -j 1
        judge 5 E503 ermission "" NONE
        must "5 E503${wrong:+, but:$wrong}" [ -z "$wrong" ]
    }
}

nobody_or_me() {
    if [ "$(id -u)" = 0 ]; then
        chmod 755 "$work" "$PWD"
        as_nobody "$@"
    else
        nocturne "$@"
    fi
}

may_not_write() {
    local before
    before=$(snapshot)
    mkdir -p -m 777 cache && chmod 777 cache tmp
    nobody_or_me render job.yaml -o out -j 1
    judge 5 E503 ermission "$before" CLEAN
    must "render ends with 5 E503${wrong:+, but:$wrong}" [ -z "$wrong" ]
}

disk_cases() {
    disk_space_cases
    disk_limit_cases
    disk_permission_cases
}
