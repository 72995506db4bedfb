echo mine >job.schema.json
nocturne init
code=$?
ls
cat job.schema.json
exit $code
