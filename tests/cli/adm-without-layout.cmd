nocturne adm master.wav
