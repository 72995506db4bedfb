echo 'not a SOFA file' >head.sofa
nocturne list hrtf head.sofa
