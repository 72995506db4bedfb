nocturne list hrtf
