"""Days that somebody counts in a text: "收到判决书十四天了", "还有三天就到期". Pure, without a clock.

A text rarely names the term it is afraid of. What is counted (days since a paper came, since work ended,
until something ends) is set against the term that the law gives for it, and what is left is proposed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mingbai.knowledge.rules.numerals import to_int


@dataclass(frozen=True, slots=True)
class Counted:
    """`words` as they stand in the text; `left`: days until the term ends, below 0 when it is over;
    `source`: the article that gives the term, "" where the text itself says how much is left."""

    words: str
    left: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """`days` that run from what `words` name; proposed when not more than `early` of them are left."""

    words: re.Pattern[str]
    days: int
    early: int
    source: str


def _term(words: str, days: int, early: int, source: str) -> Term:
    return Term(re.compile(words), days, early, source)


TERMS: tuple[Term, ...] = (
    _term(r"(?:道路|交通)?事故认定书|责任认定", 3, 2, "道路交通事故处理程序规定第七十一条"),
    _term(r"生效", 730, 90, "民事诉讼法第二百五十条"),
    _term(r"裁决", 15, 6, "劳动争议调解仲裁法第五十条"),
    _term(r"复议决定", 15, 6, "行政诉讼法第四十五条"),
    _term(r"裁定", 10, 5, "民事诉讼法第一百七十一条"),
    _term(r"判决|一审|宣判|判完|判下来", 15, 6, "民事诉讼法第一百七十一条"),
    _term(r"支付令", 15, 6, "民事诉讼法第二百二十七条"),
    _term(r"起诉状副本|应诉通知|答辩", 15, 6, "民事诉讼法第一百二十八条"),
    _term(r"(?:征收|补偿)决定|行政官司|行政诉讼|告政府", 180, 40, "行政诉讼法第四十六条"),
    _term(r"处罚决定|罚款|决定书|不予认定|认定决定|复议", 60, 15, "行政复议法第二十条"),
    _term(r"工伤|工亡", 365, 60, "工伤保险条例第十七条"),
    _term(r"离职|辞退|开除|辞职|解除.{0,2}合同|劳动仲裁", 365, 60, "劳动争议调解仲裁法第二十七条"),
    _term(r"申请?再审", 180, 40, "民事诉讼法第二百一十六条"),
    _term(r"(?:申请)?(?:强制)?执行", 730, 90, "民事诉讼法第二百五十条"),
    _term(r"借|欠|还款|货款|时效", 1095, 120, "民法典第一百八十八条"),
)
"""Who has to act within what, first that is named. Arbitral and administrative papers come before judgments:
their texts speak of courts too."""

UNITS = {"天": 1, "日": 1, "工作日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "年": 365}
LATE = 3
"""A term that seems over by so many days is proposed too: it runs from delivery, and not into a holiday."""
_NEARLY = ("快", "差不多", "将近", "眼看", "眼瞅", "马上")
SOON = 15
"""What a text itself says is left is proposed up to so many days."""

_N = r"(?P<n>[0-9]{1,4}|[零一二两俩三仨四五六七八九十百]{1,6}|半|几|数)"
_UNIT = (
    r"(?P<half>个半)?个?(?P<more>多|来|几)?"
    r"(?P<unit>工作日|天|日(?!常|内)|周(?![一二三四五六日末])|星期|礼拜|月(?!底|初)|年)"
)
_AMOUNT = _N + _UNIT + r"(?P<rest>半)?"
_ELAPSED = re.compile(
    rf"(?P<near>快|差不多|将近|眼[看瞅]|马上|都|已经?|满|过了?|整|第|下来|收到|拿到|送来|送达|到手)?(?:有|是|就)?{_AMOUNT}"
    rf"(?:零?(?P<months>[0-9]{{1,2}}|[一二两三四五六七八九十]{{1,2}})个月)?(?P<tail>多|前|之前|以前|了|过去|才|没)?"
)
_LEFT = re.compile(
    rf"(?:只|还|就|仅|光|再|差|最后)(?:剩|有|差|过|是)?(?:下|了|不到|不足|大概|最多)?{_AMOUNT}"
)
_NEAR = re.compile(
    r"今天|今儿|今晚|明天|明儿|明早|明晚|明日|后天|后儿|后日|大后天|这两天|这几天"
    r"|(?:这|本|下|下个)?(?:周|星期|礼拜)[一二三四五六日天]?|(?:这|本)个?月(?:底|末)|月底|(?<![月0-9])[0-9]{1,2}[号日](?!文|楼|线|栋|令)"
)
_ENDS = re.compile(
    r"到期|截止|过期|期满|就满|就到|要到|最后|就过|过了|没机会|不能.{0,2}诉|失效|作废|开庭|必须|之前|前.{0,3}交|得.{0,2}(?:交|递|写)"
    r"|要.{0,2}交|就得|来不及|赶不上|整[一二两三]年|满[一二两三]年"
)
_LEGAL = re.compile(
    r"上诉|起诉|诉状|诉讼|仲裁|复议|答辩|举证|证据|时效|开庭|传票|庭审|法院|法官|补正|补交|裁决|裁定|判决|认定|申诉|再审|强制执行|申请执行"
    r"|支付令|异议|欠条|借条|工伤|拍卖|查封|保全|撤销|鉴定|满[一二两三]年"
)
_OTHER = re.compile(
    r"驾照|驾驶证|身份证|护照|居住证|暂住证|停车|年检|保修|质保|会员|健身|套餐|租房合同|租约|租期|房租|信用卡|账单|食品|试用期"
    r"|快递|住院|结婚|冷静期|签证|积分|优惠|保险(?:合同|单)?到期"
)
_FROM_DAY = re.compile(
    r"(?P<month>上个?月|(?:这|本)个?月)?(?P<then>[0-9]{1,2}|[一二三四五六七八九十]{1,3})[号日].{0,14}?"
    r"(?:今天|今儿|现在|都|已经)(?:都|已经)?(?:是)?(?P<now>[0-9]{1,2}|[一二三四五六七八九十]{1,3})[号日]"
)
_THESE_DAYS = re.compile(r"(?P<day>今天|昨天|前天|昨日).{0,6}?(?:收|拿|签|送|取|接|到手|寄)")
_AGO = {"今": 0, "昨": 1, "前": 2}
_WITHIN = re.compile(
    r"(?P<term>[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:个?工作)?[日天]之?内.{0,24}?"
    r"(?:第|已经?|过了?|过去了?|都)(?:已经?|过去?了?|是|有)?(?P<now>[0-9]{1,2}|[一二三四五六七八九十]{1,3})[天日]"
)
"""A text that names the term and what is gone of it: "七日内补交，今天第六天"."""
_ASKED = re.compile(r"一般|通常|多少天|几天(?:能|会|出|内|可)|怎么算|从哪天|多久|是不是都")
_REACH = 16
"""So many signs before and after are read for what is counted."""


def counted(text: str) -> tuple[Counted, ...]:
    """Terms that seem to end soon, in the order of the text. `text`: as `words.clean` gives it.

    >>> [(one.left, one.source[:5]) for one in counted("收到判决书十四天了")]
    [(1, '民事诉讼法')]
    """
    if not _LEGAL.search(text) and not any(term.words.search(text) for term in TERMS):
        return ()
    ways = (_from_day_to_day, _since, _these_days, _within, _until, _near)
    found = [one for way in ways for one in way(text)]
    return tuple(dict.fromkeys(found))


def _since(text: str) -> Iterator[Counted]:
    for match in _ELAPSED.finditer(text):
        around = text[max(0, match.start() - _REACH) : match.end() + _REACH]
        is_counted = match["near"] or match["tail"] or match["more"] or match["n"] == "半"
        # "三天了" after a judgment counts; "十五日内" is the term itself, "三年级" no time at all.
        if not is_counted or _is_no_term(around) or text[match.end() :].startswith(("级", "期", "内")):
            continue
        term, days = _term_of(text, match.start(), match.end()), _days(match)
        if term is None or days is None:
            continue
        is_near = match["near"] in _NEARLY and days <= term.days
        if -LATE <= term.days - days <= (term.days // 4 if is_near else term.early):
            yield Counted(match.group(), term.days - days, term.source)


def _from_day_to_day(text: str) -> Iterator[Counted]:
    """From a day of this or the last month to today's; a month counts 30 days."""
    for match in _FROM_DAY.finditer(text):
        term, then, now = (
            _term_of(text, match.start(), match.end()),
            _number(match["then"]),
            _number(match["now"]),
        )
        days = now - then if now >= then and not (match["month"] or "").startswith("上") else 30 + now - then
        if term and -LATE <= term.days - days <= term.early:
            yield Counted(match.group(), term.days - days, term.source)


def _these_days(text: str) -> Iterator[Counted]:
    """A paper of yesterday: only where the term is a matter of days."""
    for match in _THESE_DAYS.finditer(text):
        term = _term_of(text, match.start(), match.end())
        if term and (left := term.days - _AGO[match["day"][0]]) <= term.early and term.days < SOON:
            yield Counted(match.group(), left, term.source)


def _within(text: str) -> Iterator[Counted]:
    for match in _WITHIN.finditer(text):
        left = _number(match["term"]) - _number(match["now"])
        if -LATE <= left <= SOON and not _OTHER.search(match.group()):
            yield Counted(match.group(), left)


def _until(text: str) -> Iterator[Counted]:
    for match in _LEFT.finditer(text):
        around = text[max(0, match.start() - _REACH) : match.end() + _REACH]
        days = _days(match)
        if days is None or days > SOON or _is_no_term(around):
            continue
        if _ENDS.search(around) or _LEGAL.search(around):
            yield Counted(match.group(), days)


def _near(text: str) -> Iterator[Counted]:
    for match in _NEAR.finditer(text):
        after = text[max(0, match.start() - 5) : match.end() + 10]
        about = text[max(0, match.start() - 2 * _REACH) : match.end() + 2 * _REACH]
        if _ENDS.search(after) and _LEGAL.search(about) and not _is_no_term(after):
            yield Counted(after.strip("，, "), 0 if match.group()[0] == "今" else 3)


def _is_no_term(around: str) -> bool:
    return bool(_OTHER.search(around) or _ASKED.search(around))


def _term_of(text: str, start: int, end: int) -> Term | None:
    """The term of the paper named last before, else first after; the table decides among overlapping ones."""
    before, after = text[max(0, start - 24) : start], text[end : end + _REACH]
    last = [(max(m.end() for m in found), -place) for place, found in _named(before)]
    if last:
        return TERMS[-max(last)[1]]
    first = [(min(m.start() for m in found), place) for place, found in _named(after)]
    return TERMS[min(first)[1]] if first else None


def _named(part: str) -> Iterator[tuple[int, list[re.Match[str]]]]:
    for place, term in enumerate(TERMS):
        if found := list(term.words.finditer(part)):
            yield place, found


def _days(match: re.Match[str]) -> int | None:
    unit = UNITS[match["unit"]]
    if match["n"] in ("几", "数"):
        return None if unit > 1 else 5
    if match["n"] == "半":
        return unit // 2
    more = unit // 2 if match["half"] or match["rest"] else 0
    more += 30 * _number(match.groupdict().get("months") or "")
    whole = _number(match["n"])
    return whole * unit + more if whole else None


def _number(said: str) -> int:
    """0 for what is no numeral."""
    try:
        return to_int(said.replace("俩", "二").replace("仨", "三"))
    except ValueError:
        return 0
