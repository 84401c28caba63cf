"""“Am I entitled?” as a tree of questions with one answer each, and what it comes to, with reasons.

It proposes and never refuses: everybody may apply, the aid office decides in writing (法律援助法 Art. 43).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from mingbai.legalaid.enums import Finding, Ground, Group, Role
from mingbai.legalaid.rules.catalogue import LAW, BelongingTerms, Catalogue, MatterTerms

NONE, UNSURE, YES, NO, UNDER, OVER, HERE, ELSEWHERE = (
    "none",
    "unsure",
    "yes",
    "no",
    "under",
    "over",
    "here",
    "elsewhere",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer; `note` says it in the law's words."""

    code: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """`code` is its name among the answers; every choice is open to everybody."""

    code: str
    text: str
    choices: tuple[Choice, ...]
    hint: str = ""

    def choice(self, code: str) -> Choice | None:
        return next((each for each in self.choices if each.code == code), None)


@dataclass(frozen=True, slots=True)
class Walk:
    """The questions answered so far, in order, and the next one; None when all are."""

    answered: tuple[tuple[Question, Choice], ...]
    open: Question | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, and what it rests on."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the answers come to. `papers`: told once and completely; what is missing may come later."""

    finding: Finding
    reasons: tuple[Reason, ...]
    papers: tuple[str, ...]


def walk(catalogue: Catalogue, told: Mapping[str, str]) -> Walk:
    """Go through the tree with what was told; an answer that the question does not know counts as none."""
    answered: list[tuple[Question, Choice]] = []
    for question in _questions(catalogue, told):
        chosen = question.choice(told.get(question.code, ""))
        if chosen is None:
            return Walk(tuple(answered), question)
        answered.append((question, chosen))
    return Walk(tuple(answered), None)


def judge(catalogue: Catalogue, told: Mapping[str, str]) -> Outcome:
    """Return what the answers come to. `told` must be walked to its end, else ValueError."""
    if walk(catalogue, told).open is not None:
        raise ValueError("questions are open")
    matter, finding = _matter(catalogue, told), _finding(catalogue, told)
    reasons = [*_about_matter(matter, finding), *_about_person(catalogue, told, finding), *_about_way(told)]
    return Outcome(finding, tuple(reasons), tuple(_papers(catalogue, told, finding)))


# ── the tree ──


def _questions(catalogue: Catalogue, told: Mapping[str, str]) -> Iterator[Question]:
    yield _group()
    if told.get("group") != Group.OTHER:
        yield _matters(catalogue, told["group"])
    matter = _matter(catalogue, told)
    if matter and matter.ground == Ground.NOTIFIED:
        return
    if matter and matter.ground == Ground.HARDSHIP:
        yield from _hardship(catalogue, told, matter.code)
        if _belonging(catalogue, told, Role.NOTIFIED):
            return
    yield _place()
    if told.get("group") != Group.CRIME:
        yield _hurry()


def _hardship(catalogue: Catalogue, told: Mapping[str, str], matter: str) -> Iterator[Question]:
    for role, text in (
        (Role.NOTIFIED, _("被抓、被告的人，是下面哪一种？")),
        (Role.EXEMPT, _("您是下面哪一种人？")),
    ):
        groups = catalogue.belongings_of(role, matter)
        if groups:
            yield _belongs(role, text, groups)
            if told.get(role, NONE) != NONE:
                return
    if catalogue.line is not None:
        yield _income(catalogue)


def _group() -> Question:
    return Question(
        "group",
        _("您遇到的是哪一类事？"),
        tuple(Choice(code, str(label)) for code, label in Group.choices),
        _("选最接近的一个，选错了可以改。"),
    )


def _matters(catalogue: Catalogue, group: str) -> Question:
    choices = [Choice(each.code, each.plain, each.name) for each in catalogue.matters if each.group == group]
    return Question("matter", _("具体是哪一件？"), (*choices, Choice(NONE, _("都不是"))))


def _belongs(role: str, text: str, groups: list[BelongingTerms]) -> Question:
    choices = [Choice(each.code, each.plain, each.name) for each in groups]
    return Question(role, text, (*choices, Choice(NONE, _("都不是"))), _("占一样就选它。"))


def _income(catalogue: Catalogue) -> Question:
    assert catalogue.line is not None
    amount = {"amount": f"{catalogue.line.amount.normalize():f}"}
    choices = (
        Choice(UNDER, _("不超过 %(amount)s 元") % amount),
        Choice(OVER, _("超过 %(amount)s 元") % amount),
        Choice(UNSURE, _("说不清")),
    )
    return Question("income", _("家里平均每人每月收入多少？"), choices, _("全家收入加起来，除以人数。"))


def _place() -> Question:
    choices = (
        Choice(HERE, _("在本市")),
        Choice(ELSEWHERE, _("在外地")),
        Choice(UNSURE, _("说不清")),
    )
    return Question(
        "place", _("法院、仲裁委在哪里？没打官司的，事情出在哪里？"), choices, _("不是您住在哪里。")
    )


def _hurry() -> Question:
    choices = (
        Choice(YES, _("是，很急"), _("时效不足七日，或者要马上保全、先予执行")),
        Choice(NO, _("不急")),
        Choice(UNSURE, _("说不清")),
    )
    hint = _("比如：起诉、申请仲裁的期限不到七天了；对方在转移财产；等钱治病。")
    return Question("hurry", _("有没有马上要过的期限？"), choices, hint)


# ── what it comes to ──


def _matter(catalogue: Catalogue, told: Mapping[str, str]) -> MatterTerms | None:
    found = catalogue.by_code.get(told.get("matter", ""))
    return found if found and found.group == told.get("group") else None


def _belonging(catalogue: Catalogue, told: Mapping[str, str], role: str) -> BelongingTerms | None:
    matter = _matter(catalogue, told)
    if matter is None or matter.ground != Ground.HARDSHIP:
        return None
    groups = catalogue.belongings_of(role, matter.code)
    return next((each for each in groups if each.code == told.get(role)), None)


def _finding(catalogue: Catalogue, told: Mapping[str, str]) -> Finding:
    matter = _matter(catalogue, told)
    if matter is None:
        return Finding.UNLISTED
    if matter.ground == Ground.NOTIFIED or _belonging(catalogue, told, Role.NOTIFIED):
        return Finding.NOTIFIED
    if matter.ground == Ground.NO_CHECK:
        return Finding.NO_CHECK
    if _belonging(catalogue, told, Role.EXEMPT):
        return Finding.EXEMPT
    is_over = catalogue.line is not None and told.get("income") == OVER
    return Finding.OVER_LINE if is_over else Finding.HARDSHIP


def _about_matter(matter: MatterTerms | None, finding: Finding) -> Iterator[Reason]:
    if matter is None:
        text = _(
            "这件事不在法律列出的事项里，省里还可能有增加的。拿不准就申请，或者先咨询：咨询对谁都不收钱。"
        )
        yield Reason(text, f"{LAW}第二十三条")
        return
    said = {"plain": matter.plain, "name": matter.name}
    yield Reason(_("“%(plain)s”，法律上叫“%(name)s”。") % said, matter.source)
    if finding == Finding.NO_CHECK:
        yield Reason(_("这类事申请法律援助，不看经济条件。"), f"{LAW}第三十二条")
    if matter.group == Group.CRIME and matter.code == "accused" and finding != Finding.NOTIFIED:
        text = _("没有辩护人的，随时可以约见值班律师，不收钱、不用申请。")
        yield Reason(text, f"{LAW}第三十条")


def _about_person(catalogue: Catalogue, told: Mapping[str, str], finding: Finding) -> Iterator[Reason]:
    match finding:
        case Finding.NOTIFIED:
            if held := _belonging(catalogue, told, Role.NOTIFIED):
                yield Reason(_("当事人是“%(who)s”。") % {"who": held.name}, held.source)
            text = _(
                "没有请律师的，办案机关应当在三日内通知法律援助机构，法律援助机构三日内派律师。没等到，打电话问。"
            )
            yield Reason(text, f"{LAW}第三十六条")
        case Finding.EXEMPT:
            held = _belonging(catalogue, told, Role.EXEMPT)
            assert held is not None
            text = _("您是“%(who)s”：拿得出证明，就不核查经济状况。") % {"who": held.name}
            yield Reason(text, held.source)
        case Finding.HARDSHIP | Finding.OVER_LINE:
            yield from _about_hardship(catalogue, told)


def _about_hardship(catalogue: Catalogue, told: Mapping[str, str]) -> Iterator[Reason]:
    if catalogue.line is None:
        yield Reason(_("经济困难的标准由省里定，这里还没有登记，由法律援助机构对照。"), f"{LAW}第三十四条")
    else:
        amount = {"amount": f"{catalogue.line.amount.normalize():f}"}
        text = (
            _("本地标准是平均每人每月 %(amount)s 元，您说的高一些。有看病、上学这样的大笔支出，请写清楚。")
            if told.get("income") == OVER
            else _("本地标准是平均每人每月 %(amount)s 元。")
        )
        yield Reason(text % amount, catalogue.line.source)
    text = _("如实说明家里情况就行：不用开证明，可以查共享的数据，也可以签一份个人诚信承诺。")
    yield Reason(text, f"{LAW}第四十一条")


def _about_way(told: Mapping[str, str]) -> Iterator[Reason]:
    if place := told.get("place"):
        text = {
            HERE: _("向办案机关、争议处理机关或者事情发生地的法律援助机构申请。"),
            ELSEWHERE: _("归外地办的，您在这里交也收：我们连材料一起转过去，告诉您那里的电话。"),
        }.get(place, _("归哪里办说不清也没关系，先交，我们替您转到该办的地方。"))
        yield Reason(text, f"{LAW}第三十八条")
    if told.get("hurry") == YES:
        text = _("期限马上要过、要马上保全的，可以先给援助，手续后补。申请时一定说明。")
        yield Reason(text, f"{LAW}第四十四条")


def _papers(catalogue: Catalogue, told: Mapping[str, str], finding: Finding) -> Iterator[str]:
    if finding == Finding.NOTIFIED:
        return
    yield _("身份证（拍照即可）")
    if finding in {Finding.HARDSHIP, Finding.OVER_LINE, Finding.UNLISTED}:
        yield _("经济困难状况说明表（可当场填写）")
    held = _belonging(catalogue, told, Role.EXEMPT)
    if held and held.paper:
        yield held.paper
    yield _("与事情有关的材料")
