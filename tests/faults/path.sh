# Paths that lead elsewhere, or to things that are no files.

path_text_cases() {
    fault N060 "../ in a path" && {
        cp media/a.wav ../secret.wav
        local path
        for path in ../secret.wav media/../../secret.wav ./../secret.wav media/./../../secret.wav; do
            layer "file: $path"
            refuse check 3 E402 'leaves the job folder' LOC
        done
        rm -f ../secret.wav
    }
    fault N061 "absolute path" && { layer 'file: /etc/shadow'; refuse check 3 E402 root LOC; }
    fault N062 "~ in a path" && { layer 'file: ~/a.wav'; refuse check 3 E402 'not expanded' LOC; }
    fault N078 "newline, quote and %s in a file name" && {
        local odd
        odd=$'a\n"%s%n.wav'
        cp media/a.wav "media/$odd"
        reference
        layer 'file: "media/a\\n\\"%s%n.wav"'
        expect check 3 'E101|E204' "control character" LOC CLEAN
        cp media/a.wav 'media/a"%s%n.wav'
        layer "file: 'media/a\"%s%n.wav'"
        ok plan CLEAN
        ok render SAME NOPART
        ok verify
        must "the manifest is JSON" python3 -m json.tool out/manifest.json /dev/null
    }
    fault N079 "path of 5000 bytes" && {
        layer "file: media/$(printf 'x%.0s' {1..5000}).wav"
        refuse plan 3 'E402' 'too long' LOC
    }
    fault N079b "part of 300 bytes" && {
        layer "file: media/$(printf 'x%.0s' {1..300}).wav"
        refuse plan '*' 'E402|E41.' - LOC
    }
}

path_link_cases() {
    fault N063 "symlink out of the root" && {
        ln -sf /etc/passwd media/a.wav
        refuse plan 3 E403 symlink LOC
        refuse render 3 E403 symlink LOC
        rm media/a.wav && mkdir ../elsewhere && cp media/b.wav ../elsewhere/a.wav
        ln -s ../../elsewhere media/over && layer 'file: media/over/a.wav'
        refuse plan 3 E403 symlink LOC
        rm -rf ../elsewhere
    }
    fault N065 "symlink loop" && {
        ln -sf b1 media/c1 && ln -sf c1 media/b1
        layer 'file: media/c1'
        refuse plan 4 E411 loop LOC
    }
    fault N066 "symlink inside the root" && {
        reference
        mkdir takes && mv media/a.wav takes/a3.wav && ln -s ../takes/a3.wav media/a.wav
        ok render SAME NOPART
    }
    fault N066b "dangling symlink" && { ln -sf nowhere media/a.wav; refuse plan 4 'E410|E411' - LOC; }
}

path_kind_cases() {
    fault N067 "/dev/zero as input" && {
        edit '1a roots: {dev: /dev}'
        layer 'file: dev:zero'
        refuse plan 3 E404 'not a regular file' LOC
        refuse render 3 E404 'not a regular file' LOC
    }
    fault N068 "FIFO as input" && {
        rm media/a.wav && mkfifo media/a.wav
        refuse plan 3 E404 'not a regular file' LOC
        refuse render 3 E404 'not a regular file' LOC
        edit '1a rooms: {hall: {ir: media/a.wav}}'
        layer 'file: media/b.wav, stem: mx, send: {hall: 0 dB}'
        refuse plan 3 E404 'not a regular file' LOC
        edit '/^rooms/d; s/layout: 2.0/layout: binaural, sofa: media\/a.wav/; s/, send: {hall: 0 dB}//'
        refuse plan 3 E404 'not a regular file' LOC
    }
    fault N069 "socket as input" && {
        rm media/a.wav
        python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("media/a.wav")'
        refuse plan 3 E404 'not a regular file' LOC
    }
    fault N070 "directory as input" && {
        layer 'file: media'
        refuse plan 3 E404 'not a regular file' LOC
        refuse render 3 E404 'not a regular file' LOC
        layer 'file: media/'
        refuse plan 3 'E404|E402' - LOC
    }
    fault N071 "FIFO, directory and socket as job" && {
        rm job.yaml && mkfifo job.yaml
        refuse check 3 E404 'not a regular file'
        refuse render 3 E404 'not a regular file'
        rm job.yaml && mkdir job.yaml
        refuse check 3 E404 'not a regular file'
        refuse render 3 E404 'not a regular file'
    }
}

path_output_cases() {
    fault N072 "output folder is a file" && {
        echo mine > out
        refuse render 5 E510 'not a folder'
        must "the file is untouched" [ "$(cat out)" = mine ]
    }
    fault N073 "output inside the inputs" && {
        log=$work/$case_id.log
        find media > before
        nocturne render job.yaml -o media -j 1
        must "exit 3 (got $code)" [ "$code" = 3 ]
        must E405 grep -qF '[E405]' "$log"
        nocturne plan job.yaml -o media/out
        must "E405 below it" grep -qF '[E405]' "$log"
        nocturne render job.yaml -o media/out/deep -j 1
        must "E405 deep below it" grep -qF '[E405]' "$log"
        must "nothing is written" diff before <(find media)
    }
    fault N074 "foreign files in the output folder" && {
        mkdir out && echo mine > out/notes.txt
        refuse render 5 E511 'not write'
        mkdir out/.nocturne
        refuse render 5 E511 'not write'
        mkdir -p out/deliverables/st && echo mine > out/deliverables/st/FLT_v1_st_full.wav
        refuse render 5 E511 'not write'
    }
    fault N074b "foreign files beside our own" && {
        ok render
        echo mine > out/notes.txt && echo mine > out/deliverables/notes.txt
        mkdir out/deliverables/mine && echo mine > out/deliverables/mine/x.wav
        layer 'file: media/b.wav'
        expect render 0 - - 
        must "out/notes.txt is kept" [ "$(cat out/notes.txt)" = mine ]
        must "deliverables/notes.txt is kept" [ "$(cat out/deliverables/notes.txt)" = mine ]
        must "deliverables/mine is kept" [ "$(cat out/deliverables/mine/x.wav)" = mine ]
    }
    fault N074c "foreign file in a deliverable that is made again" && {
        ok render
        echo mine > out/deliverables/st/notes.txt
        layer 'file: media/b.wav'
        expect render '*' - - 
        must "it is somewhere" grep -rqx mine out
        layer 'file: media/a.wav, gain: 1 dB'
        expect render '*' - -
        must "it is still somewhere" grep -rqx mine out
    }
    fault N075 "symlinks in the output folder" && {
        local part
        mkdir elsewhere && echo mine > elsewhere/x
        for part in deliverables .nocturne held previous logs; do
            rm -rf out
            [ "$part" = .nocturne ] || ok render
            rm -rf "out/$part" && mkdir -p out && ln -s ../elsewhere "out/$part"
            layer 'file: media/b.wav'
            refuse render 5 E512 'symbolic link'
            layer 'file: media/a.wav'
        done
        must "nothing was written through them" [ "$(ls elsewhere)" = x ]
        rm -rf out && ok render
        mv out/deliverables/st elsewhere/st && ln -s ../../elsewhere/st out/deliverables/st
        sums elsewhere > before
        layer 'file: media/b.wav'
        expect render 5 E512 'symbolic link'
        must "elsewhere is untouched" [ -f elsewhere/st/manifest.json ]
    }
    fault N076 "output folder writable by all" && {
        ok render
        chmod 0777 out/.nocturne
        layer 'file: media/b.wav'
        expect render 0 W512 'writable by others' NOPART
    }
    fault N077 "hard link to an old deliverable" && {
        ok render
        ln out/deliverables/st/*.wav kept.wav
        sha256sum kept.wav > kept.sum
        layer 'file: media/b.wav'
        ok render NOPART
        must "the link keeps its content" sha256sum --status -c kept.sum
    }
}

path_cases() {
    path_text_cases
    path_link_cases
    path_kind_cases
    path_output_cases
}
