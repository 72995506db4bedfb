# Every verb and every option of the help stands in the manual page.
page=$CASES/../../cluster/nocturne.1
verbs=$(nocturne --help | sed -n '/^Verbs/,/^$/s/^  \([a-z]*\) .*/\1/p')
for verb in $verbs; do
    grep -q "^\.BR* \"*$verb\b" "$page" || echo "no verb $verb"
    for option in $(nocturne help "$verb" | sed -n 's/^  .*  *--\([a-z-]*\) .*/\1/p'); do
        grep -qF -e "--$option" "$page" || sed 's/\\-/-/g' "$page" | grep -qF -e "--$option" || echo "no option $option"
    done
done
echo "$verbs" | wc -l
