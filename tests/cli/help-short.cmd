nocturne -h | head -n 1
nocturne help | head -n 1
