nocturne explain E314
