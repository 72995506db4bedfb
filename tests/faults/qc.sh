# Deliverables that are made and not handed over.

qc_cases() {
    fault N219 "loudness that its ceiling does not allow" && {
        edit 's/2.0}/2.0, loudness: {target: -5 LKFS, peak: -10 dBTP, tolerance: 0.5 LU}}/'
        expect render 8 E801 - LOC NONE
        must "it lies in held/" [ -n "$(find out/held -name '*.wav')" ]
        extra=(--allow-qc-fail)
        expect render 0 - - NOPART
        must "and is delivered when asked for" [ -n "$(find out/deliverables -name '*.wav')" ]
    }
    fault N219b "held keeps the earlier delivery out of sight, and verify holds" && {
        printf '  hp: {layout: 2.0}\n' >> job.yaml
        ok render
        edit 's/st: {layout: 2.0}/st: {layout: 2.0, loudness: {target: -5 LKFS, peak: -10 dBTP}}/'
        expect render 8 E801 - LOC NOPART
        must "the good one is delivered" [ -f out/deliverables/hp/manifest.json ]
        ok verify
    }
    fault N222 "silent deliverable" && {
        sox -R -n -r 48000 -b 24 -c 1 media/a.wav trim 0 1
        expect render 8 E803 silent LOC NONE
        must "the manifest is JSON without NaN" eval 'python3 -m json.tool out/held/st/manifest.json > x.json && ! grep -qi "nan\|infinity" x.json'
    }
    fault N223 "programme shorter than 400 ms" && {
        edit 's/length: 1 s/length: 3 fr/'
        expect render 0 W804 'too short to measure' NOPART
        rm -rf out
        edit 's/2.0}/2.0, loudness: {target: -20 LKFS}}/'
        expect render 0 W804 'too short to measure' NOPART
        rm -rf out
        edit 's/length: 3 fr/length: 1 fr/'
        expect render 0 W804 'too short to measure' NOPART
    }
    fault N222b "missing layer end: programme longer than its sound" && {
        edit 's/length: 1 s/length: 5 s/'
        ok render NOPART
        must "five seconds are delivered" [ "$(soxi -s out/deliverables/st/*.wav)" = 240000 ]
    }
}
