cp "$CASES/../spatial/adm/cases/obj_moving_interp.wav" master.wav
printf 'policy: 1\nchecks:\n  bit_depth: {is: 16}\n  whole_frames: {frame_rate: 23.976}\n  loudness: {level: warn, target: -23 LUFS}\n' > house.yaml
nocturne qc . --policy house.yaml
