nocturne doctor --store store >lines
code=$?
awk '$1 != "ok" && $1 != "warn" && $1 != "FAIL"' lines
grep -o 'current folder   .: writes, renames, creates exclusively' lines
ls -A store
exit $code
