# Two sets from finished stems in one line: one is held by its gate, the other comes out.
mkdir stems
stems=$CONFIGS/examples/first-night/stems
cp "$stems/dialogue.flac" stems/film_DX.flac
cp "$stems/strings.flac" stems/film_MX.flac
cp "$stems/strings.flac" stems/film_PM.flac
cp "$stems/thunder.flac" stems/slate.flac
nocturne deliver stems --profile ebu-r128 --profile streaming-music-14 -j 1 --progress none -o out \
    --set deliverables.streaming_music_14.loudness.peak=-20dBTP --set 'project.length=6 s' \
    --set deliverables.streaming_music_14.loudness.target=-5LUFS >answer 2>messages
echo "$?"
sed 's/ out\/ .*/ out\//' answer
grep -o 'E801.*reads' messages | head -1
ls out/held out/deliverables
nocturne deliver stems --profile netflix-me-5.1 --write-job job.yaml
cat job.yaml
nocturne check job.yaml
nocturne deliver stems --profile netflix-me-5.1 --write-job job.yaml -q
nocturne deliver stems
nocturne deliver empty --profile ebu-r128
mkdir one
cp stems/film_DX.flac one
nocturne deliver one --profile netflix-me-5.1 -q
cp "$CASES/../spatial/adm/cases/obj_moving_interp.wav" one/mix.wav
# an ADM master: its objects are rendered to what each profile asks for
nocturne deliver one/mix.wav --profile ebu-r128 --write-job -
nocturne deliver one/mix.wav --profile imf-5.1 -j 1 --progress none -q -o adm 2>adm-messages
ls adm/deliverables/*/*.wav
