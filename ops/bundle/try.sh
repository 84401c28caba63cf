#!/usr/bin/env bash
# Tries a bundle for real, as a new operator would: on a bare Debian that has booted, with its own systemd and
# without any network but loopback. The older one is installed, the newer upgrades it, and the operator's
# chapter is walked through (ops/bundle/walk.sh).
# Usage (as root): [STEPS=…] try.sh BUNDLE [OLDER-BUNDLE] [ROOT]; ROOT is made by debootstrap where it is not
# there. STEPS: only these of walk.sh, on a ROOT that was walked before.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
bundle=$(readlink -f "${1:?the bundle}")
older=$(readlink -f "${2:-$1}")
root=${3:-$(mktemp -d /tmp/mingbai-root.XXXXXX)}
init=$(mktemp)

if [ ! -x "$root/bin/sh" ]; then
  # The mirror that this machine's own apt uses. nginx and openssl are the operator's to install; no Python.
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN)' 'Created-By: Packages' | awk '$2 == "Debian" && $1 !~ /security/ { print $1; exit }')
  debootstrap --variant=minbase --include=systemd,systemd-sysv,nginx-light,openssl bookworm "$root" \
    "${mirror:?apt knows no mirror of Debian}" >/dev/null
fi
cp "$bundle" "$root/root/newer.run"
cp "$older" "$root/root/older.run"
cp "$here/walk.sh" "$root/root/walk.sh"
# A machine inside a machine may not make device nodes for its units; all the other walls around them stand.
mkdir -p "$root/etc/systemd/system/service.d"
printf '[Service]\nPrivateDevices=no\n' >"$root/etc/systemd/system/service.d/machine.conf"

sh "$here/boot.sh" "$root" "$init" &
booted=$!
stop() {
  [ ! -s "$init" ] || kill -9 "$(cat "$init")" 2>/dev/null || true
  wait $booted 2>/dev/null || true
  rm -f "$init"
}
trap stop EXIT
for _ in $(seq 300); do [ ! -s "$init" ] || break; sleep 0.1; done
[ -s "$init" ] || { echo "the machine did not boot" >&2; exit 1; }

inside() {
  nsenter --target "$(cat "$init")" --mount --uts --ipc --net --pid --root /usr/bin/env -i \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb "$@"
}
inside sh -c 'cd /; for _ in $(seq 300); do systemctl is-system-running --quiet 2>/dev/null && break; sleep 0.2; done'
# shellcheck disable=SC2086  # several words
inside sh -eu /root/walk.sh ${STEPS:-}
