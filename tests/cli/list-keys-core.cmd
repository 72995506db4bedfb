nocturne list keys --core | cut -d' ' -f1
