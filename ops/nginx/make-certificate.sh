#!/bin/sh
# A certificate of one's own until the city's comes: make-certificate.sh NAME [FOLDER]   → site.pem, site.key
set -eu
name=${1:?the name of the site, as fuwu.example.gov.cn}
folder=${2:-/etc/mingbai}
umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 \
  -subj "/CN=$name" -addext "subjectAltName=DNS:$name" \
  -keyout "$folder/site.key" -out "$folder/site.pem" 2>/dev/null
chmod 644 "$folder/site.pem"
echo "$folder/site.pem: $name, 365 days"
