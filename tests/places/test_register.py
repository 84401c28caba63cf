"""The register: tree, merges and splits by date, service areas, what a tier lacks."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.places.enums import Level, Line, Tier
from mingbai.places.rules import CoverageRow, RegionRow, Register, Standard, StationRow, lacks, snapshot

DAY = date(2026, 6, 1)


def tree(*rows: RegionRow, stations=(), coverages=()) -> Register:
    return snapshot("t", rows, stations, coverages)


def row(code: str, path: str, level: str = Level.TOWNSHIP, **more: object) -> RegionRow:
    parts = path.split(".")
    parent = parts[-2] if len(parts) > 1 else ""
    return RegionRow(code, f"名{code}", level, parent, path, **more)


CITY = row("1", "1", Level.CITY)
COUNTY = row("11", "1.11", Level.COUNTY)
TOWN = row("111", "1.11.111")
OTHER = row("112", "1.11.112")
VILLAGE = row("1111", "1.11.111.1111", Level.VILLAGE)
PLAIN = (CITY, COUNTY, TOWN, OTHER, VILLAGE)


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[RegionRow], dict[str, str]]:
    """Random trees, as rows and as the slow walk sees them: code → parent."""
    parents: dict[str, str] = {}
    rows: list[RegionRow] = []
    for n in range(draw(st.integers(1, 25))):
        code = str(100 + n)
        parent = draw(st.sampled_from(sorted(parents))) if parents else ""
        parents[code] = parent
        above = next((r.path for r in rows if r.code == parent), "")
        rows.append(RegionRow(code, code, Level.VILLAGE, parent, f"{above}.{code}" if above else code))
    return rows, parents


def walked(code: str, parents: dict[str, str]) -> set[str]:
    """The slow way: every region from which one comes to `code` by going up."""
    below = set()
    for start in parents:
        at = start
        while at and at != code:
            at = parents[at]
        if at == code:
            below.add(start)
    return below


@given(trees())
def test_subtrees_and_ancestors_are_what_a_slow_walk_finds(made):
    rows, parents = made
    register = tree(*rows)
    for code in parents:
        assert register.subtree(code) == walked(code, parents)
        above = [r.code for r in register.ancestors(code)]
        assert above[0] == code and all(parents[a] == b for a, b in zip(above, above[1:], strict=False))
        assert parents[above[-1]] == ""


@given(trees())
def test_children_reach_every_region_once(made):
    rows, parents = made
    register = tree(*rows)
    found, level = [], [r.code for r in register.children("", DAY)]
    while level:
        found += level
        level = [child.code for code in level for child in register.children(code, DAY)]
    assert sorted(found) == sorted(parents)


def test_city_and_county_are_found_from_below():
    register = tree(*PLAIN)
    assert [register.city_of(code) for code in ("1", "11", "1111")] == ["1", "1", "1"]
    assert [register.county_of(code) for code in ("1", "11", "1111")] == ["", "11", "11"]
    assert register.path_names("1111") == "名1 名11 名111 名1111"


def test_an_unknown_code_has_nothing_around_it():
    register = tree(*PLAIN)
    assert register.ancestors("9") == () and register.subtree("9") == frozenset()
    assert register.stations_at("9") == () and register.city_of("9") == ""
    with pytest.raises(KeyError):
        register.current("9", DAY)


def test_the_register_cannot_be_changed():
    register = tree(*PLAIN)
    with pytest.raises(TypeError):
        register.regions["2"] = CITY
    with pytest.raises(AttributeError):
        register.token = "x"


MERGED = row("112", "1.11.111.112", valid_to=date(2026, 5, 31), successor="111")
CHILD_OF_MERGED = row("1121", "1.11.111.112.1121", Level.VILLAGE)


@pytest.mark.parametrize(
    ("code", "on", "stands_for"),
    [
        ("112", date(2026, 5, 31), "112"),
        ("112", date(2026, 6, 1), "111"),
        ("1121", date(2026, 6, 1), "1121"),
        ("111", date(2026, 6, 1), "111"),
    ],
)
def test_a_merged_region_stands_until_its_last_day(code, on, stands_for):
    register = tree(CITY, COUNTY, TOWN, VILLAGE, MERGED, CHILD_OF_MERGED)
    assert register.current(code, on) == stands_for


def test_what_was_merged_lies_in_its_successor():
    register = tree(CITY, COUNTY, TOWN, VILLAGE, MERGED, CHILD_OF_MERGED)
    assert register.subtree("111") == {"111", "1111", "112", "1121"}
    assert [r.code for r in register.children("111", DAY)] == ["1111", "1121"]
    assert register.path_names("1121") == "名1 名11 名111 名1121"
    assert register.path_names("112").endswith("名112")


def test_a_chain_of_merges_is_followed_and_a_ring_ends():
    first = row("112", "1.11.112", valid_to=date(2024, 1, 1), successor="113")
    second = row("113", "1.11.113", valid_to=date(2025, 1, 1), successor="111")
    assert tree(CITY, COUNTY, TOWN, first, second).current("112", DAY) == "111"
    ring = row("113", "1.11.113", valid_to=date(2025, 1, 1), successor="112")
    assert tree(CITY, COUNTY, first, ring).current("112", DAY) in {"112", "113"}


def test_what_ended_without_successor_or_has_not_begun_is_its_parents():
    ended = row("112", "1.11.112", valid_to=date(2026, 5, 31))
    coming = row("113", "1.11.113", valid_from=date(2027, 1, 1))
    register = tree(CITY, COUNTY, ended, coming)
    assert register.current("112", DAY) == "11"
    assert register.current("113", DAY) == "11"
    assert register.current("113", date(2027, 1, 1)) == "113"
    assert register.children("11", DAY) == ()


def place(code: str, region: str, tier: str = Tier.TOWNSHIP_STATION, **more: object) -> StationRow:
    return StationRow(code, code, tier, region, **more)


def test_a_regions_own_station_comes_first():
    register = tree(*PLAIN, stations=[place("000", "111"), place("111-2", "111"), place("111", "111")])
    assert [s.code for s in register.stations_at("111")] == ["111", "000", "111-2"]


COVERS = [
    CoverageRow("老区", "111", "11", "", date(2019, 1, 1), date(2025, 12, 31)),
    CoverageRow("示范区", "111", "Z", "", date(2026, 1, 1)),
    CoverageRow("公证片区", "111", "N", Line.NOTARY, date(2020, 1, 1)),
    CoverageRow("关门的", "112", "X", "", date(2020, 1, 1)),
]
SERVING = [
    place("11", "11"),
    place("Z", "112"),
    place("N", "11"),
    place("X", "11", closed_on=date(2026, 6, 1)),
]


@pytest.mark.parametrize(
    ("region", "line", "on", "station"),
    [
        ("111", Line.CONSULTATION, date(2025, 12, 31), "11"),
        ("111", Line.CONSULTATION, date(2026, 1, 1), "Z"),
        ("111", Line.NOTARY, date(2026, 1, 1), "N"),
        ("111", "", date(2018, 12, 31), None),
        ("1111", "", date(2026, 1, 1), None),
        ("112", "", date(2026, 5, 31), "X"),
        ("112", "", date(2026, 6, 1), None),
    ],
)
def test_a_service_area_holds_by_date_and_line(region, line, on, station):
    cover = tree(*PLAIN, stations=SERVING, coverages=COVERS).coverage_of(region, line, on)
    assert (cover.station if cover else None) == station


L = Line


@pytest.mark.parametrize(
    ("tier", "offered", "missing"),
    [
        (Tier.COUNTY_CENTRE, set(), (L.CONSULTATION, L.LEGAL_AID, L.MEDIATION)),
        (Tier.COUNTY_CENTRE, {L.LEGAL_AID, L.MEDIATION}, (L.CONSULTATION,)),
        (Tier.CITY_CENTRE, {L.LEGAL_AID, L.MEDIATION, L.CONSULTATION, L.NOTARY}, ()),
        (Tier.TOWNSHIP_STATION, {L.NOTARY}, (L.CONSULTATION, L.MEDIATION)),
        (Tier.TOWNSHIP_STATION, {L.CONSULTATION, L.MEDIATION}, ()),
        (Tier.VILLAGE_STUDIO, set(), ()),
    ],
)
def test_three_and_two_plus_x_say_what_is_missing(tier, offered, missing):
    assert lacks(tier, offered) == missing


def test_a_standard_holds_by_date():
    rows = [
        Standard(Tier.VILLAGE_STUDIO, Line.CONSULTATION, "试行", valid_from=date(2026, 1, 1)),
        Standard(Tier.VILLAGE_STUDIO, Line.MEDIATION, "旧", valid_to=date(2025, 12, 31)),
    ]
    assert lacks(Tier.VILLAGE_STUDIO, (), rows, date(2025, 12, 31)) == (Line.MEDIATION,)
    assert lacks(Tier.VILLAGE_STUDIO, (), rows, date(2026, 1, 1)) == (Line.CONSULTATION,)
    assert lacks(Tier.VILLAGE_STUDIO, (), rows) == (Line.CONSULTATION,)
    register = snapshot("t", [COUNTY], [place("11", "11", Tier.VILLAGE_STUDIO)], standards=rows)
    assert register.lacks("11", date(2026, 1, 1)) == (Line.CONSULTATION,)
