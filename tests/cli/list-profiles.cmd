nocturne list profiles --csv | grep '^ebu-r128-s2,'
nocturne list profiles ebu-r128-s2 | sed 's/  *[0-9]*$//' | grep 'loudness\|source'
nocturne list profiles ebu-r128-s2 --json | grep -o '"id":"[^"]*"'
nocturne list profiles ebu-r128-s9
