disk_cases() { :; }
