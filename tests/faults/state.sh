state_cases() { :; }
