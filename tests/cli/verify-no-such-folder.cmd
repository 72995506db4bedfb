nocturne verify nowhere
