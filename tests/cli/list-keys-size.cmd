test $(nocturne list keys | wc -l) -le 151 && test $(nocturne list keys --core | wc -l) -le 41 && echo 150 rows at most, 40 of the core
