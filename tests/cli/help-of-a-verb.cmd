nocturne list --help
nocturne help list >again
nocturne list -h | cmp - again
