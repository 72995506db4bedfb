nocturne list folds
nocturne list folds --csv | grep '^lt-rt,'
