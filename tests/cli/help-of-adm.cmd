nocturne adm --help
