#!/bin/sh
# Mingbai @VERSION@ for @MACHINE@: sh this-file            installs, or upgrades what is there (as root)
#                                  sh this-file --check    only proves the file
#                                  sh this-file --extract DIR
set -eu
umask 022
file=$0
fail() { echo "$*" >&2; exit 1; }

[ "$(uname -m)" = "@MACHINE@" ] || fail "这个安装包是给 @MACHINE@ 的，这台机器是 $(uname -m)。"
found=$(tail -n +@LINES@ "$file" | sha256sum | cut -d' ' -f1)
[ "$found" = "@DIGEST@" ] || fail "安装包不完整或已损坏，请重新拷贝。 The bundle is damaged."
case "${1:-}" in
  --check) echo "安装包完整。 The bundle is whole: @VERSION@"; exit 0 ;;
  --extract) mkdir -p "$2"; tail -n +@LINES@ "$file" | gzip -dc | tar -x -C "$2"; exit 0 ;;
  "") ;;
  *) fail "用法：sh $file [--check | --extract 目录]" ;;
esac
[ "$(id -u)" = 0 ] || fail "请用 root 运行。"

prefix=${MINGBAI_PREFIX:-/opt/mingbai}
mkdir -p "$prefix/releases"
release="$prefix/releases/@VERSION@"
[ ! -e "$release" ] || release="$release-$(date +%Y%m%d%H%M%S)"
mkdir "$release.part"
trap 'rm -rf "$release.part"' EXIT
tail -n +@LINES@ "$file" | gzip -dc | tar -x -C "$release.part" || fail "解不开，磁盘可能满了。"
mv "$release.part" "$release"
trap - EXIT
exec sh "$release/install.sh" "$release"
