#!/bin/sh
# The operator's chapter (docs/handbook/operator.md) on a bare machine, in its order; called by try.sh.
# Prints FIGURE lines and at the end ALL WELL; ends with an error at the first thing that is not as the chapter says.
set -eu
# What root keeps for itself, the house's own user cannot read: files to come in lie here, to go out in $data.
mkdir -p /srv/walk
cd /srv/walk
bundles=/root
data=/var/lib/mingbai
python=/opt/mingbai/current/python/bin/python3
site=fuwu.example.gov.cn

say() { echo "── $*"; }
fail() { echo "NOT AS IT SHOULD BE: $*" >&2; exit 1; }
now() { date +%s.%N; }
since() { echo "$(now) $1" | awk '{ printf "%.1f", $1 - $2 }'; }
figure() { echo "FIGURE $1 $2"; }
count() { mingbai shell -v0 -c "from mingbai.journal.models import Entry; print(Entry.objects.count())" | tail -n 1; }
version() { cat /opt/mingbai/current/VERSION; }
# The status that a page has, asked of the house itself or, with https, of nginx.
page() {
  $python - "$1" <<'PY'
import ssl, sys, urllib.request as u
url, context = sys.argv[1], ssl.create_default_context()
if url.startswith("https"):
    context.load_verify_locations("/etc/mingbai/site.pem")
    host, path = "fuwu.example.gov.cn", url.removeprefix("https://fuwu.example.gov.cn")
    import http.client, socket
    link = http.client.HTTPSConnection(host, context=context, timeout=30)
    link.sock = context.wrap_socket(socket.create_connection(("127.0.0.1", 443), 30), server_hostname=host)
    link.request("GET", path or "/")
    print(link.getresponse().status)
else:
    print(u.urlopen(url, timeout=30).status)
PY
}
until_page() {
  for _ in $(seq 300); do [ "$(page "$1" 2>/dev/null)" = 200 ] && return 0; sleep 0.2; done
  systemctl status --no-pager 'mingbai*' || true
  journalctl --no-pager -n 40 -u 'mingbai*' || true
  fail "no page at $1"
}
are_active() {
  for unit in mingbai.target mingbai-web mingbai-stream mingbai-worker; do
    systemctl is-active --quiet "$unit" || { systemctl status --no-pager "$unit" || true; fail "$unit does not run"; }
  done
}

walk_bare() {
  say "a bare machine: no Python, no way out"
  ! command -v python3 >/dev/null || fail "there is a Python"
  [ "$(ip -o link 2>/dev/null | wc -l)" -le 1 ] || fail "there is a network"
}

walk_install() {
  say "装"
  head -c 5000000 $bundles/older.run >cut.run
  ! sh cut.run 2>/dev/null || fail "a cut bundle was taken"
  [ ! -e /opt/mingbai ] || fail "a cut bundle left something"
  sh $bundles/older.run --check
  begun=$(now)
  sh $bundles/older.run
  until_page http://127.0.0.1:8000/
  figure install_to_page_s "$(since "$begun")"
  are_active
  ! systemctl is-active --quiet mingbai-line || fail "a line without an exchange"
  version >older.version
}

walk_sheet() {
  say "主密钥的两张纸"
  mingbai key_sheet /var/lib/mingbai/key.html
  [ -s /var/lib/mingbai/key.html ] || fail "no sheet"
  shred -u /var/lib/mingbai/key.html
}

walk_city() {
  say "建一座城市"
  printf 'code,name,level,parent\n210400000000,抚顺市,city,\n210402000000,新抚区,county,210400000000\n210402001000,站前街道,township,210402000000\n' >city.csv
  mingbai found_city city.csv
  for one in "li.na 李娜 system_admin" "wang.q 王强 security_admin" "zhao.m 赵敏 audit_admin"; do
    # shellcheck disable=SC2086
    set -- $one
    mingbai make_admin "$1" "$2" --role "$3" | tail -n 1 | grep -q . || fail "no first password for $1"
  done
  mingbai doctor || [ $? -le 2 ]
}

walk_upgrade() {
  say "升级"
  before=$(count)
  begun=$(now)
  sh $bundles/newer.run
  until_page http://127.0.0.1:8000/
  figure upgrade_to_page_s "$(since "$begun")"
  are_active
  [ "$(count)" -ge "$before" ] || fail "the upgrade lost entries"
  version >newer.version
  ! cmp -s newer.version older.version || echo "note: both bundles are of one version"
  ls /var/backups/mingbai/before-upgrade-*.backup >/dev/null || fail "no backup before the upgrade"
  mingbai verify_journal
}

walk_back() {
  say "退回"
  mingbai found_city city.csv
  mingbai make_admin sun.y 孙悦 --role audit_admin >/dev/null
  begun=$(now)
  sh /opt/mingbai/current/install.sh --back
  until_page http://127.0.0.1:8000/
  figure back_to_page_s "$(since "$begun")"
  [ "$(version)" = "$(cat older.version)" ] || fail "not the older version"
  ! mingbai shell -v0 -c "from mingbai.people.models import User; print(User.objects.filter(username='sun.y').count())" | grep -q 1 || fail "the data is not what it was"
  ls /var/backups/mingbai/before-way-back-*.backup >/dev/null || fail "what came after the upgrade is gone"
  mingbai verify_journal
  sh $bundles/newer.run
  until_page http://127.0.0.1:8000/
}

walk_broken() {
  say "一次失败的升级自己退回"
  sh $bundles/newer.run --extract /opt/broken
  echo 'raise SystemExit("broken on purpose")' >/opt/broken/app/mingbai/notices/enums.py
  find /opt/broken/app/mingbai/notices -name 'enums.*.pyc' -delete
  ! sh /opt/broken/install.sh /opt/broken || fail "it was taken"
  [ "$(version)" = "$(cat newer.version)" ] || fail "not the version before"
  until_page http://127.0.0.1:8000/
  rm -rf /opt/broken
}

walk_nginx() {
  say "放在 nginx 后面"
  cp /opt/mingbai/current/app/ops/nginx/mingbai.conf /etc/nginx/conf.d/
  sh /opt/mingbai/current/app/ops/nginx/make-certificate.sh $site
  cat >>/etc/mingbai/mingbai.env <<ENV
BEHIND_TLS=1
ALLOWED_HOSTS=$site,127.0.0.1
TLS_CERTIFICATE=/etc/mingbai/site.pem
ENV
  nginx -t
  systemctl restart nginx mingbai.target
  until_page https://$site/
  [ "$(page https://$site/metrics 2>/dev/null)" != 200 ] || fail "figures for outside"
}

walk_health() {
  say "体检和监控"
  mingbai seal_journal
  mingbai doctor || [ $? -le 2 ]
  journalctl -u mingbai-worker --no-pager -n 3 | grep -q . || fail "no log of the worker"
  page http://127.0.0.1:8000/readyz | grep -q 200
  page http://127.0.0.1:8000/metrics | grep -q 200
  mingbai export_seals /var/lib/mingbai/seals.json
  mingbai verify_journal --seals /var/lib/mingbai/seals.json
}

walk_ledgers() {
  say "台账"
  mkdir -p ledgers
  printf '编号,姓名,岗位,专兼职,所属区划,电话\nP1,王小明,lawyer,专职,210402001000,13812345678\n' >ledgers/people.csv
  mingbai import_ledger ledgers
  mingbai export_ledger $data/out --from 2026-01-01 --to 2026-12-31 --by 李娜
  grep -q 王小明 $data/out/people.csv && grep -q 李娜 $data/out/EXPORTED.txt || fail "the ledger did not come out"
}

walk_papers() {
  say "文书：PDF 和宋体都在里面"
  mingbai shell -v0 -c "from mingbai.papers import renderer as r; b = r.pdf([{'kind': 'text', 'cells': ['公共法律服务']}], title='试'); assert b.startswith(b'%PDF'), b[:9]; assert b'NotoSerif' in b or len(b) > 5000; print('PDF', len(b))"
}

walk_backup() {
  say "备份和恢复"
  mingbai backup /var/backups/mingbai/
  mingbai backup /var/backups/mingbai/今天.backup --check
  mingbai restore /var/backups/mingbai/今天.backup --check
  kept=$(count)
  ! mingbai restore /var/backups/mingbai/今天.backup || fail "restored under a running house"
  systemctl stop mingbai.target
  mingbai restore /var/backups/mingbai/今天.backup
  mingbai migrate && mingbai verify_journal
  systemctl start mingbai.target
  until_page https://$site/
  [ "$(count)" -ge $((kept - 2)) ] || fail "restored less than was kept"
}

walk_lost() {
  say "机器坏了：密钥从单子抄回"
  cp -a /var/lib/mingbai/key /root/key.kept
  systemctl stop mingbai.target
  mv /var/lib/mingbai /var/lib/mingbai.lost
  install -d -o mingbai -g mingbai -m 700 /var/lib/mingbai
  install -o mingbai -g mingbai -m 600 /root/key.kept /var/lib/mingbai/key
  mingbai restore /var/backups/mingbai/今天.backup
  mingbai migrate && mingbai verify_journal
  systemctl start mingbai.target
  until_page https://$site/
  rm -rf /var/lib/mingbai.lost /root/key.kept
}

walk_rotate() {
  say "更换主密钥"
  mingbai backup /var/backups/mingbai/换钥前.backup --check
  mingbai rotate_key --begin
  mingbai key_sheet /var/lib/mingbai/key.html && shred -u /var/lib/mingbai/key.html
  systemctl restart mingbai.target
  until_page https://$site/
  mingbai rotate_key --finish --now
  mingbai rotate_key
}

walk_retain() {
  say "保管期满"
  mingbai retain
  mingbai retain --list /var/lib/mingbai/list.csv
}

walk_killed() {
  say "进程被杀自己起来"
  pid=$(systemctl show -p MainPID --value mingbai-web)
  kill -9 "$pid"
  sleep 2
  until_page https://$site/
  are_active
}

steps=${*:-bare install sheet city upgrade back broken nginx health ledgers papers backup lost rotate retain killed}
for step in $steps; do "walk_$step"; done
! systemctl --failed --no-legend | grep -q . || { systemctl --failed; fail "units failed"; }
echo "ALL WELL"
