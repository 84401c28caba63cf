"""What must hold after any fault: nothing acknowledged is lost, nothing there twice or half, all is whole."""

from pathlib import Path

from django.conf import settings
from django.db import connection

from mingbai.cases.models import Attachment, Case, Clock, Submission
from mingbai.core.crypto import sm3
from mingbai.journal.models import Chain, Entry
from mingbai.journal.queries import verify


def wrongs(acknowledged: dict[str, str], source: str, prefix: str = "") -> list[str]:
    """What is wrong, in words; `acknowledged` maps idempotency keys to the numbers that were given."""
    return [*lost(acknowledged, source, prefix), *halves(), *files_without(), *broken()]


def lost(acknowledged: dict[str, str], source: str, prefix: str) -> list[str]:
    rows = Submission.objects.filter(source=source).values_list("key_hash", "case__number")
    kept = dict(rows)
    hashed = {key: sm3(f"{prefix}{key}".encode()) for key in acknowledged}
    wrong = [key for key, number in acknowledged.items() if kept.get(hashed[key]) != number]
    return [f"lost: {key} → {acknowledged[key]}" for key in wrong]


def halves() -> list[str]:
    """A matter has its first entry, its head, its clock and its submission; a chain has its matter."""
    chains = {f"case:{number}" for number in Case.objects.values_list("number", flat=True)}
    opened = list(Entry.objects.filter(verb="case.opened").values_list("chain", flat=True))
    heads = set(Chain.objects.filter(name__startswith="case:").values_list("name", flat=True))
    found = [f"matter without history: {name}" for name in chains - set(opened)]
    found += [f"history without matter: {name}" for name in set(opened) - chains]
    found += ["opened twice"] * (len(opened) != len(set(opened)))
    found += [f"heads differ: {name}" for name in heads ^ chains]
    clocked = set(Clock.objects.values_list("case_id", flat=True))
    matters = set(Case.objects.values_list("pk", flat=True))
    found += [f"matter without clock: {pk}" for pk in matters - clocked]
    sent = set(Submission.objects.values_list("case_id", flat=True))
    return found + [f"matter without submission: {pk}" for pk in matters - sent]


def files_without() -> list[str]:
    paths = Attachment.objects.values_list("path", flat=True)
    return [f"row without file: {path}" for path in paths if not (Path(settings.FILES_DIR) / path).exists()]


def broken() -> list[str]:
    report = verify()
    found = [] if report.is_whole else [f"journal: {report.first}"]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            said = cursor.fetchone()[0]
        found += [] if said == "ok" else [f"database: {said}"]
    return found
