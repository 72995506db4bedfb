nocturne schema | head -n 8
