#!/bin/sh
# Puts an unpacked release into service: first installation, upgrade with a backup before, or the way back.
#   install.sh RELEASE      called by the bundle
#   install.sh --back       to the release and the data before the last upgrade
set -eu
umask 022

prefix=${MINGBAI_PREFIX:-/opt/mingbai}
data=${MINGBAI_DATA:-/var/lib/mingbai}
config=/etc/mingbai/mingbai.env
backups=${BACKUP_DIR:-/var/backups/mingbai}
user=mingbai

say() { echo "── $*"; }
fail() { echo "$*" >&2; exit 1; }
has_systemd() { [ -d /run/systemd/system ]; }

# run RELEASE COMMAND…: manage.py of one release, as the house's user, with the house's settings.
run() {
  release=$1
  shift
  (
    set -a
    # shellcheck source=/dev/null
    . "$config"
    set +a
    cd "$release/app"
    exec setpriv --reuid="$user" --regid="$user" --init-groups "$release/python/bin/python3" manage.py "$@"
  )
}

make_user() {
  id "$user" >/dev/null 2>&1 || useradd --system --home-dir "$data" --shell /usr/sbin/nologin "$user"
}

make_folders() {
  mkdir -p "$data" "$backups" /etc/mingbai
  chown "$user:$user" "$data" "$backups"
  chmod 700 "$data" "$backups"
}

make_config() {
  [ ! -e "$config" ] || return 0
  sed -e "s|@DATA@|$data|" -e "s|@BACKUPS@|$backups|" "$1/app/ops/systemd/mingbai.env.example" >"$config.part"
  chown "root:$user" "$config.part"
  chmod 640 "$config.part"
  mv "$config.part" "$config"
}

make_command() {
  sed -e "s|@PREFIX@|$prefix|g" -e "s|@CONFIG@|$config|g" "$1/app/ops/bundle/mingbai.sh" >/usr/local/bin/mingbai.part
  chmod 755 /usr/local/bin/mingbai.part
  mv /usr/local/bin/mingbai.part /usr/local/bin/mingbai
}

make_units() {
  [ -d /etc/systemd/system ] || return 0
  for unit in "$1"/app/ops/systemd/mingbai*.service "$1"/app/ops/systemd/mingbai.target; do
    sed -e "s|/opt/mingbai|$prefix|g" -e "s|/var/lib/mingbai|$data|g" -e "s|/var/backups/mingbai|$backups|g" \
      "$unit" >"/etc/systemd/system/$(basename "$unit")"
  done
  ! has_systemd || { systemctl daemon-reload && systemctl enable --quiet mingbai.target; }
}

stop() { ! has_systemd || systemctl stop mingbai.target; }
start() { ! has_systemd || systemctl start mingbai.target; }

# The link is exchanged in one step: there is always a current release.
point() {
  ln -sfn "$1" "$prefix/current.part"
  mv -T "$prefix/current.part" "$prefix/current"
}

answers() {
  has_systemd || return 0
  for _ in $(seq 60); do
    run "$1" shell -v0 -c "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('PORT', '8000') + '/readyz', timeout=2)" >/dev/null 2>&1 && return 0
    sleep 1
  done
  return 1
}

install_first() {
  say "建立数据库"
  run "$1" migrate --verbosity 0
  point "$1"
  make_command "$1"
  make_units "$1"
  start
  say "装好了：$(cat "$1/VERSION")"
  cat <<TEXT

接下来（细节见 $prefix/current/app/docs/handbook/operator.md）：
  1. mingbai key_sheet $data/key.html    打印主密钥两份，分放两个保险柜，再 shred -u $data/key.html
  2. mingbai found_city 区划.csv          建立城市；再 mingbai make_admin … 三名管理员
  3. 改 $config，配置 nginx（$prefix/current/app/ops/nginx/）
  4. mingbai doctor                       看还缺什么
TEXT
}

upgrade() {
  old=$(readlink -f "$prefix/current")
  before="$backups/before-upgrade-$(cat "$1/VERSION")-$(date +%Y%m%d%H%M%S).backup"
  stop
  say "升级前备份：$before"
  run "$old" backup "$before" || { start; fail "备份没有做成，没有升级。"; }
  printf '%s\n%s\n' "$old" "$before" >"$prefix/previous.part"
  mv "$prefix/previous.part" "$prefix/previous"
  say "更新数据库"
  if run "$1" migrate --verbosity 0 && run "$1" verify_journal >/dev/null && point "$1" && make_units "$1" && start && answers "$1"; then
    make_command "$1"
    say "已升级到 $(cat "$1/VERSION")；退回：sh $1/install.sh --back"
    return
  fi
  say "升级没有成功，退回原来的版本和数据"
  back
  fail "已退回 $(cat "$old/VERSION")。请把上面的输出发给开发者。"
}

back() {
  [ -e "$prefix/previous" ] || fail "没有可以退回的版本。"
  { read -r old; read -r before; } <"$prefix/previous"
  [ -d "$old" ] && [ -e "$before" ] || fail "原来的版本或备份不在了：$old $before"
  stop
  if [ "$(readlink -f "$prefix/current")" = "$old" ]; then here=$old; else here=$(readlink -f "$prefix/current"); fi
  # What was written since the upgrade is kept in a backup of its own, made by the release that wrote it.
  run "$here" backup "$backups/before-way-back-$(date +%Y%m%d%H%M%S).backup" || say "现在的数据备份不了，继续退回"
  run "$old" restore "$before"
  point "$old"
  make_command "$old"
  make_units "$old"
  start
  say "已退回 $(cat "$old/VERSION")，数据是升级前的"
}

[ "$(id -u)" = 0 ] || fail "请用 root 运行。"
case "${1:-}" in
  --back) back ;;
  /*)
    [ -x "$1/python/bin/python3" ] || fail "不是一个解开的版本：$1"
    make_user
    make_folders
    make_config "$1"
    if [ -e "$prefix/current" ]; then upgrade "$1"; else install_first "$1"; fi
    ;;
  *) fail "用法：install.sh 版本目录 | install.sh --back" ;;
esac
