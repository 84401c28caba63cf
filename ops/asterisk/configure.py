"""Writes Asterisk's configuration from the files beside this one: python3 configure.py FOLDER [NAME=VALUE …]

Values come from NAME=VALUE arguments, else from the environment (ASTERISK_NAME), else from DEFAULTS. Only
Python itself is needed. Nothing is written when a value is missing.
"""

import os
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEFAULTS = {
    "MODULES": "/usr/lib/x86_64-linux-gnu/asterisk/modules",
    "VAR": "/var/lib/asterisk",
    "SPOOL": "/var/spool/asterisk",
    "RUN": "/run/asterisk",
    "LOG": "/var/log/asterisk",
    "HTTP_BIND": "127.0.0.1",
    "HTTP_PORT": "8088",
    "SIP_BIND": "0.0.0.0",
    "SIP_PORT": "5060",
    "RTP_FROM": "10000",
    "RTP_TO": "12000",
    "ARI_USER": "hotline",
    "SEATS": "8",
    "PHONES": "",
    "TRUNK_TRANSPORT": "udp",
    "TRUNK_ENCRYPTION": "no",
    "TLS_PORT": "5061",
    "TLS_CERT": "",
    "TLS_KEY": "",
}
"""Debian's places; what an office must say itself (ARI_PASSWORD, MEDIA_ADDRESS, TRUNK_…) has no default."""


def seats(count: int) -> str:
    """One endpoint and one address of record for each seat; the password comes at sign-in."""
    lines = []
    for number in range(1, count + 1):
        name = f"seat-{number}"
        lines += [f"[{name}](seat)", f"auth = {name}", f"aors = {name}", "", f"[{name}](line)", ""]
    return "\n".join(lines)


def phones(addresses: list[str]) -> str:
    """A desk telephone for each address: it rings where it stands and needs no password."""
    lines = []
    for number, address in enumerate(addresses, start=1):
        name = f"phone-{number}"
        lines += [f"[{name}](phone)", f"aors = {name}", ""]
        lines += [f"[{name}]", "type = aor", f"contact = sip:{name}@{address}", ""]
    return "\n".join(lines)


def tls(found: dict[str, str]) -> str:
    """The transport over TLS, where a certificate is given: nobody overhears who calls whom."""
    if not found["TLS_CERT"]:
        return "; No TLS: TLS_CERT and TLS_KEY are not given."
    lines = ["[tls]", "type = transport", "protocol = tls", f"bind = {found['SIP_BIND']}:{found['TLS_PORT']}"]
    lines += [f"cert_file = {found['TLS_CERT']}", f"priv_key_file = {found['TLS_KEY']}", "method = tlsv1_2"]
    return "\n".join(lines)


def values(folder: Path, given: dict[str, str]) -> dict[str, str]:
    found = DEFAULTS | {"ETC": str(folder)}
    prefix = "ASTERISK_"
    found |= {name[len(prefix) :]: value for name, value in os.environ.items() if name.startswith(prefix)}
    found |= given
    if found["TRUNK_TRANSPORT"] == "tls" and not found["TLS_CERT"]:
        sys.exit("configure.py: a trunk over TLS needs TLS_CERT=… and TLS_KEY=… (see README.md)")
    count, addresses = int(found["SEATS"]), found["PHONES"].split()
    names = [f"seat-{n}" for n in range(1, count + 1)] + [f"phone-{n}" for n in range(1, len(addresses) + 1)]
    return found | {
        "SEATS": seats(count),
        "PHONES": phones(addresses),
        "TLS": tls(found),
        "SEAT_LIST": "&".join(f"PJSIP/{name}" for name in names),
    }


def filled(text: str, found: dict[str, str]) -> str:
    missing = sorted({name for name in re.findall(r"@([A-Z_]+)@", text) if name not in found})
    if missing:
        sys.exit(f"configure.py: say {', '.join(f'{name}=…' for name in missing)} (see README.md)")
    return re.sub(r"@([A-Z_]+)@", lambda match: found[match[1]], text)


def main(folder: Path, given: dict[str, str]) -> None:
    found = values(folder.resolve(), given)
    texts = {path.name: filled(path.read_text(), found) for path in sorted(HERE.glob("*.conf"))}
    os.umask(0o027)  # the ARI password stands in one of them
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        target = folder / name
        target.write_text(text)


if __name__ == "__main__":
    if len(sys.argv) < 2 or any("=" not in word for word in sys.argv[2:]):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), dict(word.split("=", 1) for word in sys.argv[2:]))
