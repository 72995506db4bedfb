nocturne init job there --json
