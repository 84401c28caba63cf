"""Where the dimensions of a figure stand: declared once for matters, stations and people.

`path` leads from the row to it: "case__", "station__".
"""

from mingbai.figures.enums import Dimension

Columns = dict[Dimension, str]


def of_matter(path: str = "") -> Columns:
    """Where it is from, who handles it, how it came and what it is about."""
    return {
        Dimension.REGION: f"{path}region_id",
        **of_station(f"{path}station"),
        **about(path),
        Dimension.PERSON: f"{path}owner_id",
    }


def about(path: str) -> Columns:
    """How the matter of a row came and what it is about; a row without one belongs to none."""
    return {
        Dimension.CHANNEL: f"{path}channel",
        Dimension.KIND: f"{path}kind",
        Dimension.TOPIC: f"{path}topic",
    }


def of_station(station: str) -> Columns:
    """`station`: the name of the relation."""
    return {Dimension.STATION: f"{station}_id", Dimension.TIER: f"{station}__tier"}


def at_station(station: str) -> Columns:
    """Of what happens at a station: its place is the station's."""
    return {Dimension.REGION: f"{station}__region_id", **of_station(station)}


def of_worker(path: str) -> Columns:
    """By the station and the region where this person serves."""
    return {Dimension.REGION: f"{path}region_id", **of_station(f"{path}station")}
