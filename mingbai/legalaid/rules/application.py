"""What an application says of itself: its ground worked out, its values checked, the papers it needs."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.legalaid.enums import Claim, Form, Ground, Hurry, Mandate, PlaceOf, Role, Shown, Source
from mingbai.legalaid.rules.catalogue import Catalogue

ADULT = 18
_MOST_INCOME = Decimal(1_000_000)
_MOST_HEADS = 50
_YUAN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Terms:
    """An application as it is stated: `income` yuan a month and head as typed, `heads` in the household.

    "" where nothing is said. `matter` and `belonging` are codes of the catalogue, "" where unknown.
    """

    source: str = Source.OWN
    matter: str = ""
    form: str = ""
    belonging: str = ""
    shown: str = Shown.NONE
    place_of: str = ""
    body: str = ""
    mandate: str = Mandate.SELF
    hurry: str = Hurry.NO
    is_grave: bool = False
    organ: str = ""
    handed_at: datetime | None = None
    income: str = ""
    heads: str = ""
    means: str = ""
    opponent: str = ""
    opponent_firm: int | None = None


def claim_of(catalogue: Catalogue, matter: str, belonging: str, source: str = Source.OWN) -> str:
    """Which ground holds: Claim code; "" while the matter is unknown."""
    found = catalogue.by_code.get(matter)
    if source == Source.NOTIFIED or (found and found.ground == Ground.NOTIFIED):
        return Claim.NOTIFIED
    if found is None:
        return Claim.BELONGING if belonging in _groups(catalogue, Role.EXEMPT, matter) else ""
    if found.ground == Ground.NO_CHECK:
        return Claim.NO_CHECK
    if belonging in _groups(catalogue, Role.NOTIFIED, matter):
        return Claim.NOTIFIED
    return Claim.BELONGING if belonging in _groups(catalogue, Role.EXEMPT, matter) else Claim.HARDSHIP


def _groups(catalogue: Catalogue, role: str, matter: str) -> set[str]:
    return {each.code for each in catalogue.belongings_of(role, matter)}


def checked(terms: Terms, catalogue: Catalogue, *, born: date | None, now: datetime, today: date) -> Terms:
    """The terms with clean values.

    Raises Refused "unknown_matter", "unknown_belonging", "bad_choice", "bad_income", "bad_heads",
    "needs_guardian", "needs_proof", "bad_time", "empty_text", each with its field.
    """
    _choices(terms)
    if terms.matter and terms.matter not in catalogue.by_code:
        raise Refused(_("目录里没有这个事项，请重新选择。"), code="unknown_matter", field="matter")
    groups = _groups(catalogue, Role.EXEMPT, terms.matter) | _groups(catalogue, Role.NOTIFIED, terms.matter)
    if terms.belonging and terms.belonging not in groups:
        raise Refused(_("这类人员不适用于这个事项。"), code="unknown_belonging", field="belonging")
    _of_age(terms, born, today)
    claim = claim_of(catalogue, terms.matter, terms.belonging, terms.source)
    if claim == Claim.BELONGING and terms.shown == Shown.COMMITMENT:
        text = _("承诺可以代替经济困难的证明，不能代替特定人员的证明。")
        raise Refused(text, code="needs_proof", field="shown")
    if terms.handed_at and terms.handed_at > now:
        raise Refused(_("时间不能在将来。"), code="bad_time", field="handed_at")
    needs_organ = terms.source != Source.OWN
    return replace(
        terms,
        income=_income(terms.income),
        heads=_heads(terms.heads),
        body=_line(terms.body, 100, "body"),
        organ=clean_text(terms.organ, most=100, field="organ") if needs_organ else "",
        means=_line(terms.means, 2000, "means"),
        opponent=_line(terms.opponent, 100, "opponent"),
    )


def _choices(terms: Terms) -> None:
    values: tuple[tuple[str, str, Any], ...] = (
        ("source", terms.source, Source.values),
        ("form", terms.form, ["", *Form.values]),
        ("shown", terms.shown, Shown.values),
        ("place_of", terms.place_of, ["", *PlaceOf.values]),
        ("mandate", terms.mandate, Mandate.values),
        ("hurry", terms.hurry, Hurry.values),
    )
    for name, value, allowed in values:
        if value not in allowed:
            raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field=name)


def _of_age(terms: Terms, born: date | None, today: date) -> None:
    """A minor does not apply alone: a guardian, a relative or another speaks (Art. 40; 民法典 17-23)."""
    if born is None or terms.mandate != Mandate.SELF or terms.source != Source.OWN:
        return
    if age(born, today) < ADULT:
        raise Refused(
            _("当事人未满十八周岁，要由监护人、近亲属或者受委托的人来申请。"),
            code="needs_guardian",
            field="mandate",
            do=_("请选“谁来申请”，并写下申请人的姓名、电话。"),
        )


def age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _income(text: str) -> str:
    """Yuan with at most two decimals, as plain digits."""
    plain = text.strip().replace(",", "").replace("，", "").removesuffix("元")
    if not plain:
        return ""
    # Only plain digits: Decimal would take NaN, Infinity and 1e99 as well.
    amount = Decimal(plain) if _YUAN.fullmatch(plain) else Decimal(-1)
    if not 0 <= amount <= _MOST_INCOME:
        raise Refused(_("收入请填数字，例如 1200；没有收入填 0。"), code="bad_income", field="income")
    return f"{amount.normalize():f}"


def _heads(text: str) -> str:
    plain = text.strip().removesuffix("人")
    if not plain:
        return ""
    if not (plain.isascii() and plain.isdigit() and 1 <= int(plain) <= _MOST_HEADS):
        raise Refused(_("家里人数请填 1 到 50 的数字。"), code="bad_heads", field="heads")
    return str(int(plain))


def _line(text: str, most: int, field: str) -> str:
    return clean_text(text, most=most, field=field) if text.strip() else ""


# ── papers ──

ID_PAPER = "身份证"
STATEMENT = "经济困难状况说明表"
MATERIAL = "与事情有关的材料"
MANDATE_PAPERS = {
    Mandate.GUARDIAN: "监护关系证明（户口簿、出生证等）",
    Mandate.RELATIVE: "近亲属关系证明（户口簿等）",
    Mandate.AGENT: "授权委托书",
}
"""In the house's language: they become rows that the resident reads, whatever the clerk's pages are in."""


def needed(terms: Terms, claim: str, catalogue: Catalogue) -> tuple[str, ...]:
    """All papers that this application needs, in the order of asking; none where an organ notifies."""
    if claim == Claim.NOTIFIED:
        return ()
    names = [ID_PAPER]
    if terms.mandate in MANDATE_PAPERS:
        names.append(MANDATE_PAPERS[Mandate(terms.mandate)])
    if claim == Claim.BELONGING and terms.shown != Shown.SHARING:
        held = next((each for each in catalogue.belongings if each.code == terms.belonging), None)
        names.append((held.paper or held.name) if held else _("特定人员的证明"))
    if claim in (Claim.HARDSHIP, ""):
        names.append(STATEMENT)
    names.append(MATERIAL)
    return tuple(names)


def missing(
    terms: Terms, claim: str, catalogue: Catalogue, *, given: Collection[str], files: int
) -> tuple[str, ...]:
    """What is still missing: all of it, so that it can be told once.

    The statement is made in the form itself; a photo of the matter that names no paper counts as material.
    """
    have = set(given)
    if terms.income or terms.means:
        have.add(STATEMENT)
    if files:
        have.add(MATERIAL)
    return tuple(name for name in needed(terms, claim, catalogue) if name not in have)
