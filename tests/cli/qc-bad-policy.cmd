printf 'policy: 1\nchecks:\n  cliping: off\n  clicks: {ratoi: 3}\n  dropouts: perhaps\n' > house.yaml
nocturne qc a.wav --policy house.yaml
