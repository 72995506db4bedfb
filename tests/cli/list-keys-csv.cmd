nocturne list keys stems --csv
