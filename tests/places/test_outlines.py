"""Outlines of maps: only with their approval number, only of known regions, all or nothing."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from mingbai.core.refused import Refused
from mingbai.places.models import Outline
from mingbai.places.rules.outlines import check_approval, read_outlines
from tests.places.factories import NORTH, SOUTH, make_city, verbs

RING = [[123.8, 41.8], [123.9, 41.8], [123.9, 41.9], [123.8, 41.8]]


def feature(code: object = "210402", kind: str = "Polygon", coordinates: object = None) -> dict[str, object]:
    shape = {"type": kind, "coordinates": [RING] if coordinates is None else coordinates}
    return {"type": "Feature", "properties": {"id": code}, "geometry": shape}


def collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_outlines_are_read_by_code_whatever_its_length():
    found = read_outlines(collection(feature(), feature(int(SOUTH), "MultiPolygon", [[RING]])))
    assert set(found) == {NORTH, SOUTH} and found[NORTH] == {"type": "Polygon", "coordinates": [RING]}


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        collection(),
        collection(feature(""), feature()),
        collection(feature("21")),
        collection(7),
        collection(feature(), feature("210402000000")),
        collection(feature(kind="Point")),
        collection(feature(coordinates=[[[41.8, 123.8]] * 4])),
        collection(feature(coordinates=[[["a", 41.8]] * 4])),
        collection(feature(coordinates=[[[123.8]] * 4])),
        collection(feature(coordinates=[RING[:3]])),
        collection(feature(coordinates=7)),
        collection({"properties": {"id": "210402"}, "geometry": None}),
    ],
)
def test_what_is_no_outline_is_refused(text):
    with pytest.raises(Refused) as refused:
        read_outlines(text)
    assert refused.value.code == "bad_outlines"


@pytest.mark.parametrize("number", ["辽S(2024)12号", "GS（2023）2767号", " 辽抚S(2024)3号 "])
def test_approval_numbers_as_printed_are_taken(number):
    assert check_approval(number) == number.strip()


@pytest.mark.parametrize("number", ["", "无", "2024", "GS2023-1"])
def test_a_map_without_approval_is_refused(number):
    with pytest.raises(Refused) as refused:
        check_approval(number)
    assert refused.value.code == "approval_missing"


@pytest.mark.django_db
def test_the_command_lands_all_or_nothing(tmp_path):
    make_city()
    path, out = tmp_path / "map.geojson", StringIO()
    path.write_text(collection(feature(), feature("999999")))
    with pytest.raises(CommandError, match="没有区划 999999000000"):
        call_command("load_outlines", str(path), "--approval", "辽S(2024)12号", stdout=out)
    assert not Outline.objects.exists()
    path.write_text(collection(feature()))
    for approval in ("辽S(2024)12号", "辽S(2025)3号"):
        call_command("load_outlines", str(path), "--approval", approval, stdout=out)
    assert Outline.objects.get().approval == "辽S(2025)3号"
    assert verbs(f"region:{NORTH}")[-2:] == ["region.outline_set"] * 2
