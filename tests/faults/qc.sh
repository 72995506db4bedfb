qc_cases() { :; }
