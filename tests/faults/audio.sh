# Inputs that are missing, damaged, lying about themselves, or odd and still good.

plain() { sox -R -n -r 48000 -b 16 -c 1 media/a.wav synth 1 sine 440 fade 0.1 1 0.1 gain -12; } # header of 44 bytes
u16() { printf '\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8)); }
u32() { printf '%s%s' "$(u16 $(($1 & 65535)))" "$(u16 $(($1 >> 16)))"; }
set_channels() { bytes media/a.wav 22 "$(u16 "$1")" && bytes media/a.wav 32 "$(u16 $((2 * $1)))"; }
set_rate() { bytes media/a.wav 24 "$(u32 "$1")"; }
set_data_bytes() { bytes media/a.wav 40 "$(u32 "$1")"; }
is_silence() { [[ "$(sox "$1" -n stat 2>&1 | tr -d ' ')" == *Maximumamplitude:0.000000* ]]; }

audio_missing_cases() {
    fault N080 "missing file" && {
        rm media/a.wav && cp media/b.wav media/aa.wav
        refuse plan 4 E410 'did you mean' LOC
        refuse render 4 E410 'did you mean' LOC
        layer 'file: nowhere/a.wav'
        refuse plan 4 E410 - LOC
        extra=(--inputs)
        refuse check 4 E410 - LOC
        refuse render 4 E410 - LOC
    }
    fault N081 "file that may not be read" && has_user && {
        chmod 000 media/a.wav
        if [ "$(id -u)" = 0 ]; then
            chmod 755 "$work" "$PWD" && mkdir -m 777 cache
            as_nobody plan job.yaml -o out
            judge 4 E411 ermission ""
            must "plan ends with 4 E411${wrong:+, but:$wrong}" [ -z "$wrong" ]
        else
            refuse plan 4 E411 ermission LOC
        fi
    }
    fault N082 "0 bytes" && { : > media/a.wav; refuse plan 4 E412 empty LOC; }
    fault N083 "text named .wav" && { echo hello > media/a.wav; refuse plan 4 E412 'not an audio file' LOC; }
    fault N083b "noise, HTML and ZIP named .wav" && {
        head -c 5000 /bin/sh > media/a.wav; refuse plan 4 E412 - LOC
        echo '<html>404 not found</html>' > media/a.wav; refuse plan 4 E412 - LOC
        printf 'PK\x03\x04%0100d' 0 > media/a.wav; refuse plan 4 E412 - LOC
        printf RIFF > media/a.wav; refuse plan 4 E412 - LOC
    }
}

audio_header_cases() {
    fault N084 "0 frames" && { plain; truncate -s 44 media/a.wav; set_data_bytes 0; refuse plan 4 E414 'no audio' LOC; }
    fault N085 "header that promises 4 GB" && {
        plain; truncate -s 2044 media/a.wav; set_data_bytes 2000000000
        refuse plan 4 E413 'promises 1 000 000 000 frames, the file has 1 000' LOC
        refuse render 4 E413 'promises 1 000 000 000 frames, the file has 1 000' LOC
    }
    fault N086 "cut by half" && {
        truncate -s $(($(size_of media/a.wav) / 2)) media/a.wav
        refuse plan 4 E413 'cut short' LOC
        refuse render 4 E413 'cut short' LOC
    }
    fault N086b "cut by one byte, as FLAC, AIFF and CAF" && {
        local kind
        truncate -s -1 media/a.wav
        refuse plan 4 E413 'cut short' LOC
        sox -R -n -r 48000 -b 16 -c 1 noise.wav synth 1 whitenoise gain -12
        for kind in flac aiff caf; do
            sox noise.wav "media/x.$kind" 2> /dev/null || ffmpeg -v error -y -i noise.wav "media/x.$kind"
            layer "file: media/x.$kind"
            ok plan
            truncate -s -3000 "media/x.$kind"
            expect render 4 'E41[23]' - LOC NONE
        done
    }
    fault N087 "bytes behind the data chunk" && {
        plain; set_data_bytes 40000
        expect plan 0 W413 'unread bytes after data' LOC CLEAN
        extra=(--strict)
        refuse plan '*' '[EW]413' 'unread bytes after data' LOC
    }
    fault N088 "streamed, size unknown" && {
        plain; reference
        set_data_bytes 4294967295; bytes media/a.wav 4 '\xff\xff\xff\xff'
        expect plan 0 W414 'length taken from the file size' LOC CLEAN
        expect render 0 W414 - SOUND NOPART
    }
    fault N089 "cut inside the header" && {
        local size
        for size in 4 8 12 16 20 30 36 40; do
            plain; truncate -s "$size" media/a.wav
            refuse plan 4 E412 - LOC
        done
    }
    fault N090 "two fmt chunks" && {
        plain
        { head -c 36 media/a.wav; tail -c +13 media/a.wav | head -c 24; tail -c +37 media/a.wav; } > two && mv two media/a.wav
        bytes media/a.wav 46 "$(u16 6)"
        refuse plan 4 E412 malformed LOC
    }
    fault N091 "two data chunks" && {
        plain; tail -c +37 media/a.wav > more && cat more >> media/a.wav
        bytes media/a.wav 4 "$(u32 $(($(size_of media/a.wav) - 8)))"
        refuse plan 4 E412 malformed LOC
    }
    fault N096 "rate 0" && { plain; set_rate 0; refuse plan 4 E416 'sample rate' LOC; }
    fault N097 "rate 900 000 and 1000" && {
        plain; set_rate 900000; refuse plan 4 E416 768 LOC
        set_rate 1000; refuse plan 4 E416 - LOC
        set_rate 4294967295; refuse plan 4 E416 - LOC
    }
    fault N117 "200 headers with flipped bytes" && fuzz_headers
}

fuzz_headers() { # a fixed sequence, every kind of file
    local round kind=0 bad=0 seed=1 kinds=(wav flac aiff caf)
    sox -R -n -r 48000 -b 16 -c 2 noise.wav synth 0.2 whitenoise gain -12
    for kind in flac aiff caf; do
        ffmpeg -v error -y -i noise.wav "noise.$kind" < /dev/null
    done
    for ((round = 0; round < 200; round++)); do
        kind=${kinds[round % 4]}
        cp "noise.$kind" "media/x.$kind"
        for _ in 1 2 3; do
            seed=$(((seed * 1103515245 + 12345) % 2147483648))
            bytes "media/x.$kind" $((seed / 65536 % 90)) "\\x$(printf %02x $((seed / 256 % 256)))"
        done
        layer "file: media/x.$kind"
        limit_s=3 nocturne plan job.yaml -o out
        case $code in
        0 | 3 | 4) ;;
        *) bad=$((bad + 1)); miss "round $round: exit $code" ;;
        esac
    done
    must "none crashes or hangs" [ "$bad" = 0 ]
    must "nothing is written" [ ! -e out ]
}

audio_channel_cases() {
    fault N092 "0 channels" && { plain; set_channels 0; refuse plan 4 E415 'no channels' LOC; }
    fault N093 "1024 channels" && { plain; set_channels 1024; refuse plan 4 E415 '64 channels' LOC; }
    fault N094 "2 channels as 5.1" && { layer 'file: media/stereo.wav, layout: 5.1'; refuse plan 4 E415 'has 2 channels, 5.1 needs 6' LOC; }
    fault N095 "3, 5 and 7 channels without a layout" && {
        local count
        for count in 3 5 7; do
            sox -R -n -r 48000 -b 16 -c "$count" media/n.wav synth 0.5 sine 300
            layer 'file: media/n.wav'
            refuse plan 4 E415 'say `layout:`' LOC
        done
    }
}

audio_odd_cases() {
    fault N098 "192 kHz in a 48 kHz job" && {
        sox -R -n -r 192000 -b 24 -c 1 media/a.wav synth 1 sine 440 fade 0.1 1 0.1 gain -12
        ok plan CLEAN
        ok render NOPART
        must "one second is delivered" [ "$(soxi -s out/deliverables/st/*.wav)" = 48000 ]
    }
    fault N099 "one frame at 44.1 kHz" && {
        sox -R -n -r 44100 -b 16 -c 1 media/a.wav synth 1s square 300 gain -3
        ok render NOPART
    }
    fault N100 "12 bits in 16" && {
        plain; reference; bytes media/a.wav 34 "$(u16 12)"
        expect plan 0 W415 '12-bit' LOC CLEAN
    }
    fault N101 "every sample format" && {
        local format
        for format in '-e unsigned -b 8' '-b 16' '-b 24' '-b 32' '-e float -b 32' '-e float -b 64' '-e u-law' '-e ima-adpcm' '-e ms-adpcm'; do
            sox -R -D "$sounds/a.wav" $format media/a.wav 2> /dev/null
            rm -rf out
            ok render NOPART
        done
    }
    fault N104 "denormals" && {
        floats media/a.wav
        python3 - << 'PY'
import struct
data = open("media/a.wav", "rb").read()
begin = data.index(b"data") + 8
open("media/a.wav", "wb").write(data[:begin] + struct.pack("<f", 1e-42) * ((len(data) - begin) // 4))
PY
        limit_s=5 ok render NOPART
    }
    fault N105 "float at +60 dB" && {
        floats media/a.wav '\x00\x00\x7a\x44'
        expect render 0 W418 'peaks at +60 dB' NOPART
    }
    fault N106 "silence" && {
        sox -R -n -r 48000 -b 24 -c 1 media/a.wav trim 0 1
        expect render '*' W419 silent NOPART
        must "dither does not become a signal" is_silence "$(find out -name '*.wav' | head -1)"
    }
    fault N109 "odd chunk without its pad byte" && {
        plain; reference
        { head -c 36 media/a.wav; printf 'note\x03\x00\x00\x00abc'; tail -c +37 media/a.wav; } > odd && mv odd media/a.wav
        bytes media/a.wav 4 "$(u32 $(($(size_of media/a.wav) - 8)))"
        ok render SOUND NOPART
        rm -rf out; plain
        { head -c 36 media/a.wav; printf 'note\x03\x00\x00\x00abc\x00'; tail -c +37 media/a.wav; } > odd && mv odd media/a.wav
        ok render SOUND NOPART
    }
    fault N110 "10 MB of metadata" && {
        plain; reference
        { head -c 36 media/a.wav; printf "bext$(u32 10000000)"; head -c 10000000 /dev/zero; tail -c +37 media/a.wav; } > big && mv big media/a.wav
        bytes media/a.wav 4 "$(u32 $(($(size_of media/a.wav) - 8)))"
        ok render SOUND NOPART
    }
    fault N107 "RF64, W64 and CAF" && {
        local kind
        reference
        for kind in w64 caf rf64; do
            if [ "$kind" = rf64 ]; then
                ffmpeg -v error -y -i "$sounds/a.wav" -c:a pcm_s24le -rf64 always media/x.rf64.wav < /dev/null
                layer 'file: media/x.rf64.wav'
            else
                ffmpeg -v error -y -i "$sounds/a.wav" -c:a pcm_s24le "media/x.$kind" < /dev/null
                layer "file: media/x.$kind"
            fi
            rm -rf out
            ok render SOUND NOPART
        done
    }
}

audio_sample_cases() {
    fault N102 "NaN samples" && {
        floats media/a.wav '\x00\x00\xc0\x7f'
        expect render 4 E417 'NaN at 00:00:00.500, channel 1' LOC NONE
        must "it is named once" [ "$(grep -c 'NaN at' "$log")" = 1 ]
        rm -rf out
        ranks=2 expect render 4 E417 'NaN at 00:00:00.500, channel 1' LOC NONE
        floats media/a.wav
        reference
        ok resume SAME NOPART
    }
    fault N102b "NaN in the very last and first sample, of a 64-bit file" && {
        floats media/a.wav
        bytes media/a.wav $(($(size_of media/a.wav) - 4)) '\x00\x00\xc0\x7f'
        expect render 4 E417 NaN LOC NONE
        rm -rf out
        sox -R -n -r 48000 -e floating-point -b 64 -c 1 media/a.wav synth 1 sine 440 gain -12
        bytes media/a.wav $(($(size_of media/a.wav) - 8 * 48000)) '\x00\x00\x00\x00\x00\x00\xf8\x7f'
        expect render 4 E417 NaN LOC NONE
    }
    fault N103 "Inf samples" && {
        floats media/a.wav '\x00\x00\x80\xff'
        expect render 4 E417 Inf LOC NONE
        rm -rf out
        sox -R -n -r 48000 -e floating-point -b 64 -c 1 media/a.wav synth 1 sine 440 gain -12
        bytes media/a.wav $(($(size_of media/a.wav) - 8 * 24000)) '\xff\xff\xff\xff\xff\xff\xef\x7f' # DBL_MAX: Inf as float
        expect render 4 E417 - LOC NONE
    }
    fault N102c "one bad sound of two, two deliverables: the good ones stay" && {
        edit 's/st: {layout: 2.0}/st: {layout: 2.0, stems: [full, mx]}/'
        ok render
        cp -r out/deliverables before
        edit '/mx:/a\  fx: {file: media/f.wav}'
        floats media/f.wav '\x00\x00\xc0\x7f'
        expect render 4 E417 'media/f.wav' LOC NOPART
        must "the earlier delivery is untouched" diff -r before out/deliverables
    }
}

audio_cases() {
    audio_missing_cases
    audio_header_cases
    audio_channel_cases
    audio_odd_cases
    audio_sample_cases
}
