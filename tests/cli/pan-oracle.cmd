# columns 3 and 4 of the table are az and el, the gains follow in the order of the channels without LFE
table="$CASES/../oracles/ear_psp_4_7_0.csv"
cut -d, -f3,4 "$table" | nocturne pan 4+7+0 > answer.csv || exit
cut -d, -f1,2,6 --complement answer.csv > gains.csv
cut -d, -f5- "$table" | paste -d, - gains.csv | awk -F, '
    NR == 1 { for (c = 1; c <= 11; c++) if ($c != $(c + 11)) { print "column", $c, $(c + 11) } next }
    { rows++; for (c = 1; c <= 11; c++) { d = $c - $(c + 11); if (d > 1e-9 || d < -1e-9) wrong++ } }
    END { print rows, "rows,", wrong + 0, "gains differ" }'
