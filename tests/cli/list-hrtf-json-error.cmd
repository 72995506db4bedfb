nocturne list hrtf nothing.sofa --json --format short
