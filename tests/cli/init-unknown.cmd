nocturne init dmeo
