ir_cases() { :; }
