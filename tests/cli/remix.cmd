# what an edit makes again, why, and that what is kept is what it was
nocturne init demo demo > /dev/null
cd demo
keep() { sed -i "s|^deliverables:.*|deliverables: {st: {layout: 2.0, bits: 16, stems: [full, dx]}}|; /^deliverables:/,\$ {/^  [a-z]*: {layout/d}" first-night.yaml; }
keep
nocturne render first-night.yaml -j 1 -q --progress none || exit
sed -i 's|pan: {az: 0 deg}, send: {stage: -26 dB}|gain: -3 dB, &|' first-night.yaml
nocturne plan first-night.yaml --against out/FNGT_v1 | grep -A 20 against
