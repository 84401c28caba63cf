"""The annual report: its figures by key, and the sentences that stand around them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.refused import Refused
from mingbai.figures.queries import Counter, Value, find, ranks
from mingbai.figures.registry import RATIOS
from mingbai.figures.rules import Period, growth
from mingbai.places.queries import one_moment

YEAR_BEFORE = {"calls_prev_answered": "calls_answered", "net_prev": "net_consultations"}
"""Keys of the same indicator a year earlier."""
RANKS = ("rank_first", "rank_last")
KEYS = (
    "windows", "hotline_seats", "kiosks", "calls_answered", "calls_offered", "answer_rate", "in_time_rate",
    "calls_prev_answered", "work_orders", "net_consultations", "net_prev", "hotline_and_net",
    "stations_required", "stations_built", "built_rate", "own_premises", "own_premises_rate", "people",
    "visits", "guides", "posters", "opinions",
    "service_days", "day_consultations", "day_aid", "day_notary_home", "rank_first", "rank_last",
    "matters", "matters_ended", "in_time", "rated_rate", "content_rate",
)  # fmt: skip
"""Of the letter, in its order; the names are stable: other systems read them."""


@dataclass(frozen=True)
class Paragraph:
    """`text` holds {key} where a figure stands. `code` names it, so that an office can word it otherwise."""

    code: str
    text: str | Promise


PARAGRAPHS: tuple[Paragraph, ...] = (
    Paragraph(
        "centre",
        gettext_lazy(
            "公共法律服务中心设服务窗口 {windows} 个、热线席位 {hotline_seats} 个、查询机 {kiosks} 台，"
            "行政审批、法律援助、法律咨询、公证、人民调解当场受理，司法鉴定、仲裁、法律职业资格考试当场指引。"
        ),
    ),
    Paragraph(
        "door",
        gettext_lazy(
            "窗口接待来访 {visits} 人次，发放指南 {guides} 份，张贴海报 {posters} 张，"
            "领导接待日等收集意见建议 {opinions} 件。"
        ),
    ),
    Paragraph(
        "line",
        gettext_lazy(
            "12348 热线呼入 {calls_offered} 次，接听咨询 {calls_answered} 人次，接通率 {answer_rate}，"
            "上年接听 {calls_prev_answered} 人次，{calls_growth}。15 秒接听率 {in_time_rate}。"
        ),
    ),
    Paragraph(
        "rank",
        gettext_lazy("热线接通率在全省各市中，年初排第 {rank_first} 位，年末排第 {rank_last} 位。"),
    ),
    Paragraph(
        "net",
        gettext_lazy(
            "网络即时咨询 {net_consultations} 人次，上年 {net_prev} 人次，{net_growth}；"
            "网络工单 {work_orders} 件。热线和网络合计 {hotline_and_net} 人次。"
        ),
    ),
    Paragraph(
        "stations",
        gettext_lazy(
            "应建公共法律服务站点 {stations_required} 个，已建成 {stations_built} 个，建成率 {built_rate}；"
            "有独立场所的 {own_premises} 个，占 {own_premises_rate}；专兼职人员 {people} 人。"
        ),
    ),
    Paragraph(
        "days",
        gettext_lazy(
            "举办公共法律服务日 {service_days} 场，解答咨询 {day_consultations} 人次，"
            "受理法律援助 {day_aid} 件，预约上门公证 {day_notary_home} 件。"
        ),
    ),
    Paragraph(
        "handling",
        gettext_lazy(
            "各渠道收到事项 {matters} 件，办结 {matters_ended} 件，按期办结率 {in_time}；"
            "测评率 {rated_rate}，满意率 {content_rate}。"
        ),
    ),
)
GROWTHS = {
    "calls_growth": ("calls_answered", "calls_prev_answered"),
    "net_growth": ("net_consultations", "net_prev"),
}
"""Words beside figures: how much more than the year before."""


def figures_of(period: Period) -> dict[str, Value]:
    """Every figure of the letter by key. Some six queries, whatever the size of the city."""
    with one_moment():
        return _figures_of(period)


def _figures_of(period: Period) -> dict[str, Value]:
    now = Counter(period).prepare(key for key in KEYS if key not in RANKS and key not in YEAR_BEFORE)
    before = Counter(period.year_before()).prepare(YEAR_BEFORE.values())
    found: dict[str, Value] = {}
    for key in KEYS:
        if key in RANKS:
            continue
        earlier = YEAR_BEFORE.get(key)
        found[key] = before.value(earlier) if earlier else now.value(key)
    places = ranks(settings.CITY_CODE, *period.months)
    found["rank_first"] = Value(places[0][1] if places else None)
    found["rank_last"] = Value(places[-1][1] if places else None)
    return {key: found[key] for key in KEYS}


def definition_of(key: str) -> str:
    """What a key counts, in words."""
    if key in RANKS:
        return _("全市在省里各市月报中按接通率的位次；接通率相同的，按接通量。")
    item = find(YEAR_BEFORE.get(key, key))
    words = str(item.definition) if item else ""
    return _("上年同期：%(words)s") % {"words": words} if key in YEAR_BEFORE else words


def plain(value: int | Decimal | None) -> Any:
    """A number that JSON holds: a rate as a float with one decimal; None stays None."""
    return float(value) if isinstance(value, Decimal) else value


def said(value: Any, code: str = "") -> str:
    """As it stands in a sentence: 3,288; 97.0% for a rate; "无数据" where nothing can be said."""
    if value is None:
        return _("无数据")
    is_rate = code in RATIOS and RATIOS.get(code).unit is None
    return f"{value:,}%" if is_rate else f"{value:,}"


def growth_words(figures: Mapping[str, Any], code: str) -> str:
    """“比上年增长 36.1%”. `figures`: plain values by key."""
    now, before = (figures.get(key) for key in GROWTHS[code])
    change = growth(now, before)
    if change is None:
        return _("上年无可比的数")
    words = _("增长 %(change)s%%") if change >= 0 else _("下降 %(change)s%%")
    return words % {"change": abs(change)}


def worded(figures: Mapping[str, Any]) -> list[str]:
    """The paragraphs to begin with; one of which nothing can be said (no rank published) is left out."""
    texts = [str(one.text) for one in PARAGRAPHS]
    return [text for text in texts if any(figures.get(key) is not None for key in _keys(text))]


def _keys(text: str) -> list[str]:
    return [key for key in text.replace("}", "{").split("{")[1::2] if key not in GROWTHS]


def pieces(text: str, figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The sentence as (words, key of a figure or "") in order. Raises Refused "unknown_figure"."""
    found: list[tuple[str, str]] = []
    for at, part in enumerate(text.replace("}", "{").split("{")):
        if at % 2 == 0:
            if part:
                found.append((part, ""))
        elif part in GROWTHS:
            found.append((growth_words(figures, part), ""))
        elif part in figures:
            found.append((said(figures[part], part), part))
        else:
            raise Refused(
                _("没有“%(key)s”这个数。") % {"key": part[:40]},
                code="unknown_figure",
                do=_("花括号里只能写右边列出的名字，其余照抄。"),
            )
    return found


def sentence(text: str, figures: Mapping[str, Any]) -> str:
    """The sentence with its figures filled in. Raises Refused "unknown_figure"."""
    return "".join(words for words, _key in pieces(text, figures))
