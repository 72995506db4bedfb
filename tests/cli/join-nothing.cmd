nocturne join out
nocturne join
