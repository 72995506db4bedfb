nocturne explain E413
