nocturne explain w421 --json
