nocturne verify home
