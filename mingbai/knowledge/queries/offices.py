"""Offices and people in the search: read from the registers of places and people, nearest first."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from mingbai.knowledge.enums import Kind
from mingbai.knowledge.queries.hits import Hit
from mingbai.knowledge.rules.indexing import initials, pinyin
from mingbai.knowledge.rules.nearness import Spot, hours_told, metres, steps_apart
from mingbai.knowledge.rules.snippets import Part, marked
from mingbai.knowledge.rules.words import clean, question_words
from mingbai.people.enums import Post
from mingbai.people.queries import staffing
from mingbai.places.enums import Line, OrganisationKind, Tier
from mingbai.places.models import Organisation, Station
from mingbai.places.queries import register
from mingbai.places.rules import Register

PUBLISHED_POSTS = (Post.LAWYER, Post.VILLAGE_LAWYER, Post.MEDIATOR, Post.NOTARY)
"""Whose names are published as whom one may turn to; clerks and agents are not looked up by name."""
_LINE_OF_POST = {
    Post.LAWYER: Line.COUNSEL,
    Post.VILLAGE_LAWYER: Line.COUNSEL,
    Post.MEDIATOR: Line.MEDIATION,
    Post.NOTARY: Line.NOTARY,
}
STRONG, NAMED = 500.0, 800.0
_WANTING = frozenset(
    "附近 最近 就近 离 离我 哪 哪儿 地址 电话 在哪 在哪儿 哪里有 找 去哪 上班 时间 几点 开门 我".split()
)
"""Words that ask for a place and name none."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One office or person, ready to be compared: `words` are everything it may be found by."""

    kind: str
    ref: str
    name: str
    words: str
    sounds: tuple[str, ...]
    about: str
    region: str
    lines: frozenset[str] = frozenset()
    phone: str = ""
    address: str = ""
    hours: tuple[str, ...] = ()
    point: tuple[float, float] | None = None
    station: str = ""
    what: str = ""
    """"station", or the line that an organisation or a person stands for."""


def find(
    text: str,
    *,
    kinds: Collection[str] = (),
    region: str = "",
    point: tuple[float, float] | None = None,
    line: str = "",
    limit: int = 20,
) -> list[Hit]:
    """Offices and people that the text names or describes: named ones first, then the nearest.

    A text that only asks for what is near ("附近") finds every office, given a point or a region.
    """
    asked = [word for word in question_words(text) if word not in _WANTING]
    if not asked and not (point or region):
        return []
    places, name = register(), clean(text)
    scored = [
        (score, one)
        for one in _listed(kinds, places)
        if (score := _score(one, name, asked)) and _offers(one, line)
    ]
    spot = Spot(point, region)
    ranked = sorted(scored, key=lambda found: (-found[0], *_distance(found[1], spot, places), found[1].name))
    return [
        _hit(one, score - place / 1_000, asked, spot) for place, (score, one) in enumerate(ranked[:limit])
    ]


def nearest(
    *,
    region: str = "",
    point: tuple[float, float] | None = None,
    line: str = "",
    kinds: Collection[str] = (Kind.OFFICE,),
    what: Collection[str] = (),
    limit: int = 20,
) -> list[Hit]:
    """Everything of these kinds that offers the line, nearest first: for a list or a map.

    `what`: "station", or lines that an organisation or person stands for (counsel: lawyers and firms); with
    none, everything that is listed, bureaus too.
    """
    places, spot = register(), Spot(point, region)
    held = [one for one in _listed(kinds, places) if _offers(one, line) and (not what or one.what in what)]
    ranked = sorted(held, key=lambda one: (*_distance(one, spot, places), one.name))
    return [_hit(one, 1.0 - place / 1_000, [], spot) for place, one in enumerate(ranked[:limit])]


def _offers(one: Listed, line: str) -> bool:
    return not line or line in one.lines


def _score(one: Listed, name: str, asked: list[str]) -> float:
    """By name, by the beginning of the name or its sound; or by everything that describes it."""
    if one.name == name:
        return NAMED
    if len(name) >= 2 and one.name.lower().startswith(name):
        return NAMED - 100
    letters = name.replace(" ", "")
    if letters.isascii() and len(letters) > 1:
        return STRONG + 50 if any(sound.startswith(letters) for sound in one.sounds) else 0.0
    if asked and all(word in one.name for word in asked):
        return STRONG
    return 10.0 if all(word in one.words for word in asked) else 0.0


def _distance(one: Listed, spot: Spot, places: Register) -> tuple[float, int]:
    """Metres first, where both points are known (unknown ones last); then steps in the tree of regions."""
    far = metres(spot.point, one.point) if spot.point and one.point else float("inf")
    return (far if spot.point else 0.0, steps_apart(_path(spot.region, places), _path(one.region, places)))


def _path(code: str, places: Register) -> tuple[str, ...]:
    return tuple(row.code for row in places.ancestors(code))[::-1] if code else ()


def _hit(one: Listed, score: float, asked: list[str], spot: Spot) -> Hit:
    return Hit(
        kind=one.kind,
        ref=one.ref,
        title=one.name,
        snippet=(Part(one.about, False),) if not asked else marked(one.about, asked),
        score=score,
        title_parts=marked(one.name, asked),
        region=one.region,
        phone=one.phone,
        address=one.address,
        hours=one.hours,
        point=one.point,
        distance=round(metres(spot.point, one.point)) if spot.point and one.point else None,
        station=one.station,
    )


# ── the registers, as they are compared ──


def _listed(kinds: Collection[str], places: Register) -> Iterable[Listed]:
    if not kinds or Kind.OFFICE in kinds:
        yield from _stations(places.token)
        yield from _organisations(places)
    if not kinds or Kind.PERSON in kinds:
        yield from _people(places.token)


@lru_cache(maxsize=2)
def _stations(token: str) -> tuple[Listed, ...]:
    """Built and open ones; read anew when the register's token changes."""
    places = register()
    rows = Station.objects.filter(is_built=True, closed_on=None).order_by("code")
    return tuple(_station(row, places) for row in rows)


def _station(row: Station, places: Register) -> Listed:
    known = places.stations.get(row.code)
    lines = known.lines if known else frozenset()
    labels = " ".join(str(Line(line).label) for line in sorted(lines))
    tier = str(Tier(row.tier).label)
    has_point = row.latitude is not None and row.longitude is not None
    return Listed(
        kind=Kind.OFFICE,
        ref=row.code,
        name=row.name,
        words=clean(
            f"{row.name} {tier} {labels} {row.address} {_region_names(row.region_id, places)} 公共法律服务"
        ),
        sounds=_sounds(row.name),
        about=f"{tier} {labels}".strip(),
        region=row.region_id,
        lines=frozenset(lines),
        phone=row.phone,
        address=row.address,
        hours=hours_told((one.weekday, one.opens, one.closes) for one in known.opening.hours)
        if known
        else (),
        point=(float(row.latitude or 0), float(row.longitude or 0)) if has_point else None,
        what="station",
    )


_LINE_OF_KIND = {
    OrganisationKind.FIRM: Line.COUNSEL,
    OrganisationKind.NOTARY_OFFICE: Line.NOTARY,
    OrganisationKind.MEDIATION_COMMITTEE: Line.MEDIATION,
    OrganisationKind.APPRAISAL: Line.FORENSIC,
    OrganisationKind.ARBITRATION: Line.ARBITRATION,
}
_CALLED = {
    OrganisationKind.FIRM: "律师 律所 律师事务所",
    OrganisationKind.NOTARY_OFFICE: "公证 公证处 公证员",
    OrganisationKind.MEDIATION_COMMITTEE: "调解 调委会 人民调解",
    OrganisationKind.APPRAISAL: "鉴定 司法鉴定 伤残鉴定 亲子鉴定",
    OrganisationKind.ARBITRATION: "仲裁 仲裁委",
}


def _organisations(places: Register) -> Iterable[Listed]:
    """Read each time: their register has no token, and a city has some hundreds."""
    rows = Organisation.objects.filter(is_active=True).order_by("name")
    for pk, name, kind, region, phone, address in rows.values_list(
        "pk", "name", "kind", "region_id", "phone", "address"
    ):
        label, line = str(OrganisationKind(kind).label), _LINE_OF_KIND.get(OrganisationKind(kind))
        called = _CALLED.get(OrganisationKind(kind), "")
        yield Listed(
            kind=Kind.OFFICE,
            ref=str(pk),
            name=name,
            words=clean(f"{name} {label} {called} {address} {_region_names(region, places)}"),
            sounds=_sounds(name),
            about=label,
            region=region,
            lines=frozenset({str(line)} if line else ()),
            phone=phone,
            address=address,
            what=str(line or ""),
        )


@lru_cache(maxsize=2)
def _people(token: str) -> tuple[Listed, ...]:
    """Published posts only; their own telephones are personal, so the station's stands here."""
    places = register()
    stations = {one.ref: one for one in _stations(token)}
    return tuple(
        _person(row.code, row.name, row.post, row.region, row.lines, stations.get(row.station), places)
        for row in staffing().workers.values()
        if row.post in PUBLISHED_POSTS
    )


def _person(
    code: str, name: str, post: str, region: str, skills: Collection[str], at: Listed | None, places: Register
) -> Listed:
    label = str(Post(post).label)
    told = " ".join(str(Line(line).label) for line in sorted(skills) if line in Line.values)
    return Listed(
        kind=Kind.PERSON,
        ref=code,
        name=name,
        words=clean(f"{name} {label} {told} {at.name if at else ''} {_region_names(region, places)}"),
        sounds=_sounds(name),
        about=" ".join(part for part in (label, told, at.name if at else "") if part),
        region=region,
        lines=frozenset(skills),
        phone=at.phone if at else "",
        address=at.address if at else "",
        hours=at.hours if at else (),
        point=at.point if at else None,
        station=at.ref if at else "",
        what=str(_LINE_OF_POST.get(Post(post), "")),
    )


def _region_names(code: str, places: Register) -> str:
    return " ".join(row.name for row in places.ancestors(code))


def _sounds(name: str) -> tuple[str, ...]:
    return pinyin(name), initials(name)
