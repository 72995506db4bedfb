nocturne help chekc
