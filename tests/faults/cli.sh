cli_cases() { :; }
