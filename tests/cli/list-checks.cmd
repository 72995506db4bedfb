nocturne list checks
