"""make audit: licences of everything that is shipped, and known holes of the locked versions.

`--licences` stops before the network is asked. Exit code 1: a licence nobody has looked at, or a known hole.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Looked at: each may be shipped beside Apache-2.0 code that is not linked into it.
ACCEPTED = {
    *("MIT", "MIT-0", "MIT-CMU", "BSD", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Apache-2.0", "ISC"),
    "PSF-2.0",
    *(
        "Python-2.0",
        "Unlicense",
        "Zlib",
        "Zlib-acknowledgement",
        "CC0-1.0",
        "HPND",
        "BSL-1.0",
        "BlueOak-1.0.0",
    ),
    *("MPL-2.0", "LGPL-2.1", "LGPL-3.0", "LGPL", "CC-BY-4.0"),
}
# What a package does not say of itself, or says in its own words: read by a person.
_READ = {
    "htmx-ext-sse": "0BSD",  # package.json is silent; the extensions' repository stands under htmx's licence
    "qrcode": "BSD-3-Clause",  # "Other" is the MIT notice of the library it was ported from, in its LICENSE
}
_EXCEPTION = re.compile(r"\s+WITH\s+\S+")
_SPELLINGS = (
    (r"apache( software)?( license)?,?( version)? ?2(\.0)?|apache.*2\.0", "Apache-2.0"),
    (r"apache( software license)?", "Apache-2.0"),
    (r"mit( license)?|the mit license.*|expat", "MIT"),
    (r"(new|modified|3-clause|revised) ?bsd.*|bsd[- ]3.*|bsd 3.*|3-clause bsd.*", "BSD-3-Clause"),
    (r"bsd[- ]2.*|2-clause bsd.*", "BSD-2-Clause"),
    (r"bsd( license)?", "BSD"),
    (r"mozilla public license 2\.0.*|mpl.?2\.0", "MPL-2.0"),
    (r"isc( license)?.*", "ISC"),
    (r"psf.*|python software foundation.*", "PSF-2.0"),
    (r"(gnu )?(lesser|lgpl).*3.*", "LGPL-3.0"),
    (r"(gnu )?(lesser|lgpl).*", "LGPL"),
    (r"historical permission.*", "HPND"),
    (r"(the )?unlicense.*", "Unlicense"),
)


def main(arguments: list[str]) -> int:
    found = {*packages(), *browser_libraries()}
    rows = sorted((name, version, _READ.get(name, licence)) for name, version, licence in found)
    for name, version, licence in rows:
        print(f"{name}\t{version}\t{licence}")
    unknown = [row for row in rows if not is_accepted(row[2])]
    for name, _version, licence in unknown:
        print(f"NOT LOOKED AT: {name}: {licence}", file=sys.stderr)
    holes = 0 if "--licences" in arguments else known_holes()
    return 1 if unknown or holes else 0


# ── licences ──


def packages() -> Iterator[tuple[str, str, str]]:
    """What requirements.txt ships; a package for another system is not installed here."""
    locked = re.findall(r"^([\w.-]+)==([^\s;\\]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    for name, version in locked:
        try:
            yield name, version, licence_of(distribution(name))
        except ModuleNotFoundError:
            continue


def licence_of(found: Distribution) -> str:
    for told in found.metadata.get_all("License-Expression") or []:
        return str(told)
    classified = [
        line.rpartition(" :: ")[2]
        for line in found.metadata.get_all("Classifier") or []
        if line.startswith("License :: ") and line != "License :: OSI Approved"
    ]
    text = "".join(found.metadata.get_all("License") or []).strip().splitlines()
    return " AND ".join(spelled(one) for one in classified or text[:1]) or "?"


def spelled(text: str) -> str:
    """One spelling of a licence that packages spell in many ways."""
    plain = text.strip().lower()
    return next((name for pattern, name in _SPELLINGS if re.fullmatch(pattern, plain)), text.strip())


def browser_libraries() -> Iterator[tuple[str, str, str]]:
    """What package.json names for the browser; the tools that build it are not shipped."""
    for name in json.loads((ROOT / "package.json").read_text())["dependencies"]:
        about = ROOT / "node_modules" / name / "package.json"
        if about.exists():
            told = json.loads(about.read_text())
            yield name, told["version"], str(told.get("license", "?"))


def is_accepted(licence: str) -> bool:
    """Of "A OR B" one is enough, of "A AND B" both are needed."""
    choices = re.split(r"\s+OR\s+", licence.replace("(", "").replace(")", ""))
    needed = [re.split(r"\s+AND\s+|; ?", each) for each in choices]
    return any(all(spelled(_EXCEPTION.sub("", one)) in ACCEPTED for one in each) for each in needed)


# ── known holes ──


def known_holes() -> int:
    """By the tools of PyPI and npm, deliberately the newest: an old one does not know new holes."""
    python = [".venv/bin/uv", "tool", "run", "pip-audit", "--disable-pip", "--require-hashes"]
    python += ["-r", "requirements.txt"]
    code = subprocess.run(python, cwd=ROOT, check=False).returncode
    browser = subprocess.run(["npm", "audit", "--omit=dev"], cwd=ROOT, check=False).returncode
    return code or browser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
