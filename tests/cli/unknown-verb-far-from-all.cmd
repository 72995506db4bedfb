nocturne zzz
