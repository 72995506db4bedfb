nocturne check
