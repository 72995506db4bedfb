nocturne list keys stems
