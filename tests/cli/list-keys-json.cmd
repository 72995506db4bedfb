nocturne list keys stems --json
