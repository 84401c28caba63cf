"""What writes filings: the columns of a system, what was sent, what came back and was compared."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.filings.enums import FilingState
from mingbai.filings.kinds import FILING_KINDS, NUMBER, THEIRS, FilingKind
from mingbai.filings.models import Filing, FilingField
from mingbai.filings.queries import columns_of, values_of
from mingbai.filings.rules import differing
from mingbai.journal.actions import write


@transaction.atomic
def set_field(
    *, by: Actor, system: str, code: str, column: str, position: int = 100, is_used: bool = True
) -> FilingField:
    """What a field of ours is called there, and where it stands.

    Raises Refused "unknown_field", "column_taken", "needed_field", "bad_amount".
    """
    kind: FilingKind = FILING_KINDS.get(system)
    if code not in kind.fields:
        raise Refused(_("没有这个字段，请重新选择。"), code="unknown_field", field="code")
    column = clean_text(column, most=64, field="column")
    if code == NUMBER and not is_used:
        raise Refused(_("编号必须报送：回来的数据靠它认。"), code="needed_field", field="is_used")
    if not 0 <= position <= 9999:
        raise Refused(_("请填 0 到 9999。"), code="bad_amount", field="position")
    taken = {one.name for one in columns_of(kind) if one.code != code}
    if is_used and column in taken:
        raise Refused(_("已经有别的字段用了这个列名。"), code="column_taken", field="column")
    values = {"column": column, "position": position, "is_used": is_used}
    row, _new = FilingField.objects.update_or_create(system=system, code=code, defaults=values)
    write(chain=f"filing:{system}", verb="filing.field_set", by=by, data={"code": code, **values})
    return row


def _held(system: str, about: str) -> Filing:
    row, _new = Filing.objects.get_or_create(system=system, about=about)
    return Filing.objects.select_for_update(of=("self",)).get(pk=row.pk)


@transaction.atomic
def note_sent(*, by: Actor, system: str, abouts: Collection[str], at: datetime | None = None) -> int:
    """These records were taken out for the other system; what differed is told anew."""
    at = at or timezone.now()
    for about in abouts:
        row = _held(system, about)
        row.state, row.sent_at, row.differs, row.theirs = FilingState.SENT, at, [], ""
        row.save()
        write(chain=about, verb="filing.sent", by=by, at=at, data={"system": system})
    return len(abouts)


@transaction.atomic
def compare(
    *, by: Actor, system: str, about: str, theirs: Mapping[str, str], at: datetime | None = None
) -> Filing:
    """What the other system says of a record, beside ours; its number is kept.

    Raises Refused "other_number" where a record of ours has another number there already, or where that
    number is another record's.
    """
    at, kind = at or timezone.now(), FILING_KINDS.get(system)
    row, number = _held(system, about), theirs.get(THEIRS, "")
    others = Filing.objects.filter(system=system, number=number).exclude(pk=row.pk)
    if number and ((row.number and row.number != number) or others.exists()):
        text = _("对方的编号 %(number)s 和已登记的对不上。") % {"number": number}
        raise Refused(text, code="other_number")
    row.number = number or row.number
    row.differs = differing(columns_of(kind), values_of(kind, about), theirs)
    row.theirs = json.dumps(dict(theirs), ensure_ascii=False) if row.differs else ""
    row.state = FilingState.DIFFERS if row.differs else FilingState.CONFIRMED
    row.came_at = at
    row.save()
    data = {"system": system, "state": row.state, "fields": row.differs}
    write(chain=about, verb="filing.compared", by=by, at=at, data=data)
    return row


@transaction.atomic
def note_look(*, by: Actor, system: str, about: str, at: datetime | None = None) -> None:
    """Somebody reads a whole record with its people, to copy it."""
    write(chain=about, verb="filing.looked", by=by, at=at or timezone.now(), data={"system": system})


@transaction.atomic
def forget(*, by: Actor, about: str) -> None:
    """The matter is erased: what another system said of it goes too; that it was reported stays."""
    rows = Filing.objects.filter(about=about)
    rows.filter(state=FilingState.DIFFERS).update(state=FilingState.SENT)
    rows.update(theirs_sealed=b"", key=b"", differs=[])
