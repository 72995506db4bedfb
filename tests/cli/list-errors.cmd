nocturne list errors | grep -e '^id' -e E304 -e E801
