nocturne list errors >/dev/full
