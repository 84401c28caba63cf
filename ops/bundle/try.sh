#!/usr/bin/env bash
# Tries a bundle for real: in a bare Debian root of its own, without any network but loopback: installation to a
# working page, an upgrade, an upgrade that fails and goes back by itself, and the way back by hand.
# Usage (as root): try.sh BUNDLE [NEWER-BUNDLE] [ROOT]; ROOT is made by debootstrap where it is not there.
set -euo pipefail
bundle=$(readlink -f "${1:?the bundle}")
newer=$(readlink -f "${2:-$1}")
root=${3:-$(mktemp -d /tmp/mingbai-root.XXXXXX)}

if [ ! -x "$root/bin/sh" ]; then
  # The mirror that this machine's own apt uses.
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN)' 'Created-By: Packages' | awk '$2 == "Debian" && $1 !~ /security/ { print $1; exit }')
  debootstrap --variant=minbase bookworm "$root" "${mirror:?apt knows no mirror of Debian}" >/dev/null
fi
cp "$bundle" "$root/bundle.run"
cp "$newer" "$root/newer.run"

cat >"$root/inside.sh" <<'INSIDE'
set -eu
mount -t proc proc /proc
! command -v python3 >/dev/null || echo "note: this root has a python3 of its own"
python=/opt/mingbai/current/python/bin/python3
page() { $python -c "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8000$1', timeout=5).status)"; }
begin() {
  mingbai serve >/tmp/serve.log 2>&1 &
  house=$!
  for _ in $(seq 300); do page /readyz >/dev/null 2>&1 && return; sleep 0.2; done
  cat /tmp/serve.log; exit 1
}
end() { kill $house; wait $house || true; }
cases() { mingbai shell -v0 -c "from mingbai.journal.models import Entry; print(Entry.objects.count())"; }
now() { date +%s.%N; }

echo "── a cut bundle is refused"
head -c 5000000 /bundle.run >/cut.run
! sh /cut.run || { echo "it was taken"; exit 1; }
test ! -e /opt/mingbai

t=$(now)
sh /bundle.run
begin
echo "page: $(page /)"
echo "FIGURE install_to_page_s $(echo "$(now) $t" | awk '{print $1 - $2}')"
mingbai seal_journal
mingbai doctor || true
printf 'code,name,level,parent\n210400000000,抚顺市,city,\n210402000000,新抚区,county,210400000000\n' >/tmp/city.csv
chmod 644 /tmp/city.csv
mingbai found_city /tmp/city.csv
before=$(cases)
end

echo "── upgrade"
t=$(now)
sh /newer.run
begin
echo "page: $(page /)"
echo "FIGURE upgrade_to_page_s $(echo "$(now) $t" | awk '{print $1 - $2}')"
test "$(cases)" = "$before"
mingbai found_city /tmp/city.csv
mingbai key_sheet /tmp/key-sheet-$$.html
test "$(cases)" != "$before"
end

echo "── the way back by hand"
t=$(now)
sh "$(readlink -f /opt/mingbai/current)/install.sh" --back
begin
echo "FIGURE back_to_page_s $(echo "$(now) $t" | awk '{print $1 - $2}')"
test "$(cases)" = "$before" || { echo "the data is not what it was"; exit 1; }
end

echo "── an upgrade that fails goes back by itself"
sh /newer.run --extract /broken
echo 'raise SystemExit("broken on purpose")' >/broken/app/mingbai/notices/enums.py
rm -f /broken/app/mingbai/notices/__pycache__/enums.*
old=$(readlink -f /opt/mingbai/current)
! sh /broken/install.sh /broken || { echo "it was taken"; exit 1; }
test "$(readlink -f /opt/mingbai/current)" = "$old"
begin
test "$(cases)" = "$before"
end
mingbai verify_journal
echo "ALL WELL"
INSIDE
# shellcheck disable=SC2016
exec unshare --net --mount --pid --fork --kill-child sh -c 'ip link set lo up && exec "$@"' sh \
  chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb sh -e /inside.sh
