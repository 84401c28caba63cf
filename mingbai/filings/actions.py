"""What writes filings: the columns of a system, what was sent, what came back and was compared."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.filings.enums import FilingState
from mingbai.filings.kinds import FILING_KINDS, NUMBER, THEIRS, FilingKind
from mingbai.filings.models import Filing, FilingCode, FilingField
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


@transaction.atomic
def set_codes(
    *,
    by: Actor,
    system: str,
    field: str,
    codes: Mapping[str, str],
    source: str,
    valid_from: date,
    at: datetime | None = None,
) -> int:
    """What our values of one field are called there from a day on; "" for one that has no code any more.

    Only what changes is written: the row before ends the day before, one of the same day is corrected. The
    number of changes comes back. Raises Refused "unknown_field", "unknown_value", "rule_past",
    "text_too_long", "empty_text" for a missing source.
    """
    kind: FilingKind = FILING_KINDS.get(system)
    known = kind.words().get(field)
    if known is None:
        raise Refused(_("没有这个字段，请重新选择。"), code="unknown_field", field="field")
    if set(codes) - set(known):
        raise Refused(_("没有这个选项，请重新选择。"), code="unknown_value", field="codes")
    if valid_from < timezone.localdate(at or timezone.now()):
        raise Refused(_("规则不能从过去的日期起施行。"), code="rule_past", field="valid_from")
    source = clean_text(source, most=300, field="source")
    new = {own: clean_text(code, most=64, field=own) if code.strip() else "" for own, code in codes.items()}
    row = partial(_set_code, system=system, field=field, source=source, day=valid_from)
    changed = {own: code for own, code in new.items() if row(own=own, code=code)}
    if changed:
        data = {"field": field, "codes": changed, "source": source, "valid_from": valid_from.isoformat()}
        write(chain=f"filing:{system}", verb="filing.codes_set", by=by, at=at, data=data)
    return len(changed)


def _set_code(*, system: str, field: str, own: str, code: str, source: str, day: date) -> bool:
    rows = FilingCode.objects.select_for_update(of=("self",)).order_by("pk")
    old = rows.filter(system=system, field=field, own=own, valid_to=None).first()
    if (old.code if old else "") == code:
        return False
    if old is not None and old.valid_from > day:
        raise Refused(_("已有一条从更晚的日期起的代码。"), code="rule_past", field="valid_from")
    if old is not None and old.valid_from == day:
        old.delete()  # what never held for a day is no history; the journal has it
    elif old is not None:
        old.valid_to = day - timedelta(days=1)
        old.save(update_fields=["valid_to"])
    if code:
        FilingCode.objects.create(
            system=system, field=field, own=own, code=code, source=source, valid_from=day
        )
    return True


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
