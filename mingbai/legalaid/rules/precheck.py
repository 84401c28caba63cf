"""What a person who reviews may do next, with reasons: a proposal, never a decision (PIPL Art. 24)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from mingbai.legalaid.enums import Advice, Claim, Hurry, Shown
from mingbai.legalaid.rules.application import Terms
from mingbai.legalaid.rules.catalogue import LAW, Catalogue
from mingbai.legalaid.rules.entitlement import Reason


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the pre-check looks at. `is_here`: False where court or event lies outside, None: unknown."""

    terms: Terms
    claim: str
    missing: tuple[str, ...]
    is_here: bool | None = True
    doubles: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """`advice` is what may come next; `reasons` each with what it rests on."""

    advice: Advice
    reasons: tuple[Reason, ...]


def precheck(facts: Facts, catalogue: Catalogue) -> Proposal:
    """Urgent aid first, then the wrong place, then what is missing, then the ground."""
    return Proposal(_advice(facts, catalogue), tuple(_reasons(facts, catalogue)))


def _advice(facts: Facts, catalogue: Catalogue) -> Advice:
    if facts.claim == Claim.NOTIFIED:
        return Advice.ASSIGN
    if facts.terms.hurry != Hurry.NO:
        return Advice.FIRST
    if facts.is_here is False:
        return Advice.TRANSFER
    if facts.missing or not facts.terms.matter:
        return Advice.ASK
    return Advice.WEIGH if _is_over(facts, catalogue) or not _is_shown(facts) else Advice.GRANT


def _is_over(facts: Facts, catalogue: Catalogue) -> bool:
    line, income = catalogue.line, facts.terms.income
    return (
        facts.claim == Claim.HARDSHIP and line is not None and income != "" and Decimal(income) > line.amount
    )


def _is_shown(facts: Facts) -> bool:
    return facts.claim == Claim.NO_CHECK or facts.terms.shown != Shown.NONE


def _reasons(facts: Facts, catalogue: Catalogue) -> Iterator[Reason]:
    yield from _about_matter(facts, catalogue)
    yield from _about_ground(facts, catalogue)
    if facts.terms.hurry != Hurry.NO:
        what = {"what": Hurry(facts.terms.hurry).label}
        yield Reason(_("紧急：%(what)s。可以先给援助，手续后补。") % what, f"{LAW}第四十四条")
    if facts.is_here is not True:
        text = (
            _("办案机关或事情发生地不在本市：连材料一起转交，告诉申请人那里的电话。")
            if facts.is_here is False
            else _("归哪里办还不清楚，先收下，查清后再定。")
        )
        yield Reason(text, f"{LAW}第三十八条")
    if facts.missing:
        yield Reason(
            _("还缺：%(what)s。要一次告知。") % {"what": "、".join(facts.missing)}, f"{LAW}第四十三条"
        )
    if facts.doubles:
        text = _("同一当事人有 %(n)d 件没办完的同类申请，先看是不是同一件事。") % {"n": facts.doubles}
        yield Reason(text, "")


def _about_matter(facts: Facts, catalogue: Catalogue) -> Iterator[Reason]:
    found = catalogue.by_code.get(facts.terms.matter)
    if found is None:
        text = _("事项还没有定，或者不在目录里：省里还可能有增加的，要问清楚。")
        yield Reason(text, f"{LAW}第三十一条")
    else:
        yield Reason(_("事项：%(name)s。") % {"name": found.name}, found.source)


def _about_ground(facts: Facts, catalogue: Catalogue) -> Iterator[Reason]:
    match facts.claim:
        case Claim.NOTIFIED:
            yield Reason(_("由办案机关通知，不审查经济状况，收到通知三日内指派。"), f"{LAW}第三十六条")
        case Claim.NO_CHECK:
            yield Reason(_("不受经济困难条件限制。"), f"{LAW}第三十二条")
        case Claim.BELONGING:
            held = next((each for each in catalogue.belongings if each.code == facts.terms.belonging), None)
            name = {"who": held.name if held else facts.terms.belonging}
            text = (
                _("属于“%(who)s”，免予核查，已经证明。")
                if facts.terms.shown != Shown.NONE
                else _("说属于“%(who)s”，还没有证明：看证件，或者查共享数据。")
            )
            yield Reason(text % name, held.source if held else f"{LAW}第四十二条")
        case Claim.HARDSHIP:
            yield from _about_means(facts, catalogue)


def _about_means(facts: Facts, catalogue: Catalogue) -> Iterator[Reason]:
    line, income = catalogue.line, facts.terms.income
    if line is None:
        yield Reason(_("这里的经济困难标准还没有登记，由您对照省里的规定。"), f"{LAW}第三十四条")
    elif income:
        said = {"income": income, "line": f"{line.amount.normalize():f}"}
        text = (
            _("自报每人每月 %(income)s 元，高于标准 %(line)s 元：有没有看病、上学这样的大笔支出，由您衡量。")
            if Decimal(income) > line.amount
            else _("自报每人每月 %(income)s 元，不高于标准 %(line)s 元。")
        )
        yield Reason(text % said, line.source)
    how = {
        Shown.COMMITMENT: _("经济困难由个人诚信承诺说明，不再要证明。"),
        Shown.SHARING: _("经济困难已查共享数据。"),
        Shown.PAPER: _("经济困难有证明在手。"),
    }
    text = how.get(Shown(facts.terms.shown), _("还没有承诺，也没有查共享数据。"))
    yield Reason(text, f"{LAW}第四十一条")
