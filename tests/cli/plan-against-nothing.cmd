nocturne init demo demo > /dev/null
nocturne plan demo/first-night.yaml --against nowhere
