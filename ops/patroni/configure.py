"""Writes the files of one node of a province: python3 configure.py FOLDER NODE NAME=VALUE …

FOLDER gets etcd.conf, patroni.yml, first.sql, haproxy.cfg, 503.http, pgbouncer.ini and userlist.txt, filled
from the files beside this one. NODE is one of the names in NODES. Needed: NODES="a=10.1.0.1 b=10.1.0.2
c=10.1.0.3" (the database nodes), WEBS="w1=10.1.0.11:8000 w2=10.1.0.12:8000", PASSWORD, SUPER_PASSWORD,
REPLICATION_PASSWORD, API_PASSWORD (letters and digits). Only Python itself is needed; nothing is written
when a value is missing.
"""

import os
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = ("etcd.conf", "patroni.yml", "first.sql", "haproxy.cfg", "503.http", "pgbouncer.ini", "userlist.txt")
SECRET = re.compile(r"[A-Za-z0-9]{12,}")
DEFAULTS = {
    "PG_BIN": "/usr/lib/postgresql/15/bin",
    "STATE": "/var/lib/mingbai-db",
    "FRONT_ADDRESS": "127.0.0.1",
    "SHARED_BUFFERS": "1GB",
}


def pairs(text: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in text.split())


def values(folder: Path, node: str, given: dict[str, str]) -> dict[str, str]:
    """All values a file may ask for; those made of the list of nodes are one line a node."""
    found = DEFAULTS | {"ETC": str(folder)} | given
    nodes, webs = pairs(found.get("NODES", "")), pairs(found.get("WEBS", ""))
    if node not in nodes or len(nodes) != 3 or not webs:
        sys.exit("configure.py: NODES names three nodes, this one among them, and WEBS at least one")
    weak = [name for name in found if name.endswith("PASSWORD") and not SECRET.fullmatch(found[name])]
    if weak:
        sys.exit(f"configure.py: {', '.join(weak)}: at least 12 letters and digits")
    networks = [*nodes.values(), *(found["FRONTS"].split() if "FRONTS" in found else [])]
    networks += [address.rpartition(":")[0] for address in webs.values()]
    return found | {
        "NODE": node,
        "ADDRESS": nodes[node],
        "ETCD_CLUSTER": ",".join(f"{name}=http://{address}:2380" for name, address in nodes.items()),
        "ETCD_HOSTS": ", ".join(f'"{address}:2379"' for address in nodes.values()),
        "HBA": "\n".join(_hba(address) for address in dict.fromkeys(networks)),
        "PRIMARIES": _servers(nodes),
        "STANDBYS": _servers(nodes),
        "WEBS": "\n".join(f"    server {name} {address} check" for name, address in webs.items()),
    }


def _hba(address: str) -> str:
    lines = (f"    - host all all {address}/32 scram-sha-256",)
    return "\n".join((*lines, f"    - host replication replicator {address}/32 scram-sha-256"))


def _servers(nodes: dict[str, str]) -> str:
    lines = [f"    server {name} {address}:5432 check port 8008" for name, address in nodes.items()]
    return "\n".join(lines)


def filled(text: str, found: dict[str, str]) -> str:
    missing = sorted({name for name in re.findall(r"@([A-Z_]+)@", text) if name not in found})
    if missing:
        sys.exit(f"configure.py: say {', '.join(f'{name}=…' for name in missing)}")
    return re.sub(r"@([A-Z_]+)@", lambda match: found[match[1]], text)


def main(folder: Path, node: str, given: dict[str, str]) -> None:
    found = values(folder.resolve(), node, given)
    texts = {name: filled((HERE / name).read_text(), found) for name in FILES}
    os.umask(0o077)  # passwords stand in four of them
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        # HAProxy sends the page as it is: HTTP wants CR LF in its head.
        ready = text.replace("\n", "\r\n") if name.endswith(".http") else text
        (folder / name).write_text(ready, newline="")


if __name__ == "__main__":
    if len(sys.argv) < 4 or any("=" not in word for word in sys.argv[3:]):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2], dict(word.split("=", 1) for word in sys.argv[3:]))
