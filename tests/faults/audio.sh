audio_cases() { :; }
