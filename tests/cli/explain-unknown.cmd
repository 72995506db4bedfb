nocturne explain E294
