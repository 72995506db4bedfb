# a store that is empty, one that is none, and what cannot be asked
mkdir -p store/objects
nocturne cache info --store store
nocturne cache verify --store store
nocturne cache trim --store store --limit 1.5G
nocturne cache trim --store store --limit 0 nowhere
nocturne cache trim --store store
nocturne cache trim --store store --limit 5Q
nocturne cache trmi --store store
nocturne cache info --store nowhere
