nocturne list layouts
