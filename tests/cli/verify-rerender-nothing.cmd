nocturne verify out --rerender 0
