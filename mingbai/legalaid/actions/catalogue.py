"""The dated catalogue: a province's new matters and groups, the line of hardship of a place."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.models import DeadlineRule
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.legalaid.enums import Form, Source
from mingbai.legalaid.models import Belonging, Criterion, FilePart, GradeLine, HardshipLine, Matter
from mingbai.legalaid.rules.catalogue import BELONGINGS, MATTERS, BelongingTerms, MatterTerms
from mingbai.legalaid.rules.file import PARTS, SIGNS, PartTerms
from mingbai.legalaid.rules.periods import PERIODS
from mingbai.legalaid.rules.quality import CRITERIA, GRADES, CriterionTerms, GradeTerms
from mingbai.places.actions import begin_rule, touch
from mingbai.places.models import Region
from mingbai.subsidies.enums import Grade

_GRADED = frozenset({Grade.EXCELLENT, Grade.GOOD, Grade.PASSED})


@transaction.atomic
def prepare(*, by: Actor) -> None:
    """Write the catalogue that `migrate` writes, where there is none: an emptied database."""
    rows = 0
    if not Matter.objects.exists():
        rows += len(Matter.objects.bulk_create(Matter(**each.row()) for each in MATTERS))
    if not Belonging.objects.exists():
        rows += len(Belonging.objects.bulk_create(Belonging(**each.row()) for each in BELONGINGS))
    if not FilePart.objects.exists():
        rows += len(FilePart.objects.bulk_create(FilePart(**each.row()) for each in PARTS))
    if not Criterion.objects.exists():
        rows += len(Criterion.objects.bulk_create(Criterion(**each.row()) for each in CRITERIA))
    if not GradeLine.objects.exists():
        rows += len(GradeLine.objects.bulk_create(GradeLine(**each.row()) for each in GRADES))
    rows += _periods()
    if rows:
        write(chain="rule:aid", verb="rule.seeded", by=by, data={"rows": rows})
        touch(by=by)


def _periods() -> int:
    """The periods that are missing by their code: an office's own stay as they are."""
    known = set(DeadlineRule.objects.values_list("code", flat=True))
    new = [DeadlineRule(**each.row()) for each in PERIODS if each.code not in known]
    return len(DeadlineRule.objects.bulk_create(new))


@transaction.atomic
def add_matter(*, by: Actor, terms: MatterTerms, at: datetime | None = None) -> Matter:
    """A matter from a day on, in place of the one of its code. Raises Refused "rule_past", "bad_rule"."""
    added: Matter = _begin(Matter(**_checked(terms.row())), by, at)
    return added


@transaction.atomic
def add_belonging(*, by: Actor, terms: BelongingTerms, at: datetime | None = None) -> Belonging:
    """A group from a day on. Raises Refused "unknown_matter", "rule_past", "bad_rule"."""
    known = set(Matter.objects.values_list("code", flat=True))
    if unknown := sorted(set(terms.only_for) - known):
        text = _("没有这样的事项代码：%(codes)s") % {"codes": "、".join(unknown)}
        raise Refused(text, code="unknown_matter", field="only_for")
    added: Belonging = _begin(Belonging(**_checked(terms.row())), by, at)
    return added


@transaction.atomic
def add_file_part(*, by: Actor, terms: PartTerms, at: datetime | None = None) -> FilePart:
    """A paper of the file from a day on. Raises Refused "bad_choice", "empty_part", "rule_past"."""
    row = terms.row()
    known = {"forms": set(Form.values), "sources": set(Source.values), "signs": set(SIGNS)}
    for name, values in known.items():
        if set(row[name]) - values:
            raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field=name)
    row["words"] = [clean_text(word, most=40, field="words") for word in row["words"]]
    if not (row["signs"] or row["words"]):
        raise Refused(_("请写明怎样认出这份材料。"), code="empty_part", field="words")
    for name, most in (("name", 120), ("source", 300)):
        row[name] = clean_text(row[name], most=most, field=name)
    added: FilePart = _begin(FilePart(**row), by, at)
    return added


@transaction.atomic
def set_criterion(*, by: Actor, terms: CriterionTerms, at: datetime | None = None) -> Criterion:
    """A line of the sheet of quality reviews from a day on. Raises Refused "rule_past", "bad_rule"."""
    row = terms.row()
    for name, most in (("name", 120), ("source", 300)):
        row[name] = clean_text(row[name], most=most, field=name)
    added: Criterion = _begin(Criterion(**row), by, at)
    return added


@transaction.atomic
def set_grade_line(*, by: Actor, terms: GradeTerms, at: datetime | None = None) -> GradeLine:
    """From how many percent on a grade holds. Raises Refused "bad_choice", "rule_past", "bad_rule"."""
    if terms.grade not in _GRADED:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="grade")
    line = GradeLine(**terms.row())
    line.source = clean_text(line.source, most=300, field="source")
    data = {"grade": line.grade, "least": line.least, "source": line.source}
    same = GradeLine.objects.filter(grade=line.grade)
    added: GradeLine = begin_rule(rule=line, same=same, by=by, data=data, at=at or timezone.now())
    return added


@transaction.atomic
def set_line(
    *, by: Actor, region: Region, amount: Decimal, source: str, valid_from: date, at: datetime | None = None
) -> HardshipLine:
    """The line of hardship of a place from a day on, in place of the one that holds (Art. 34)."""
    line = HardshipLine(region=region, amount=amount, source=source, valid_from=valid_from)
    line.source = clean_text(source, most=300, field="source")
    same = HardshipLine.objects.filter(region=region)
    data = {"region": region.pk, "amount": str(amount), "source": line.source}
    added: HardshipLine = begin_rule(rule=line, same=same, by=by, data=data, at=at or timezone.now())
    return added


def _checked(row: dict[str, Any]) -> dict[str, Any]:
    for name, most in (("name", 120), ("plain", 120), ("source", 300)):
        row[name] = clean_text(row[name], most=most, field=name)
    return row


def _begin(row: Matter | Belonging | FilePart | Criterion, by: Actor, at: datetime | None) -> Any:
    same = type(row)._default_manager.filter(code=row.code)
    data = {"code": row.code, "name": row.name, "source": row.source}
    return begin_rule(rule=row, same=same, by=by, data=data, at=at or timezone.now())
