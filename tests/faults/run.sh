run_cases() { :; }
