"""The lot: the same for whoever knows the seed, and nobody is likelier than another."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from mingbai.core.lots import by_lot


@given(st.lists(st.text(min_size=1, max_size=12), max_size=60), st.text(min_size=1, max_size=20))
def test_the_lot_is_the_same_for_whoever_knows_the_seed(keys: list[str], seed: str):
    drawn = by_lot(keys, seed)
    shuffled = list(keys)
    Random(1).shuffle(shuffled)
    assert by_lot(shuffled, seed) == drawn
    assert set(drawn) == set(keys) and len(drawn) == len(set(drawn))


def test_the_order_is_written_down():
    """A draw of years ago must come out the same: whoever changes the hash changes what was drawn."""
    assert by_lot(["call:1", "call:2", "call:3", "call:4"], "2026-11") == [
        "call:1",
        "call:2",
        "call:3",
        "call:4",
    ]


def test_every_key_is_first_as_often_as_another():
    """Two thousand seeds over twenty keys, five each: five hundred times is the mean."""
    keys = [str(n) for n in range(20)]
    times = dict.fromkeys(keys, 0)
    for n in range(2000):
        for key in by_lot(keys, f"2026-{n}")[:5]:
            times[key] += 1
    assert sum(times.values()) == 10_000 and 400 < min(times.values()) and max(times.values()) < 600
