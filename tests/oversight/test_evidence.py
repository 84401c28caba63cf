"""Photographs of a review: type by content, whole or not at all, closed on the disk, removable."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.oversight import actions
from mingbai.oversight.actions import evidence
from mingbai.oversight.enums import ReviewState
from mingbai.oversight.models import Evidence, Mark, Review
from mingbai.upkeep.rewrapping import Holder
from tests.cases.factories import NORTH, City

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


@pytest.fixture
def review(city: City) -> Review:
    actions.begin_reviews(by=SYSTEM, region=city.regions[NORTH], year=timezone.localdate().year)
    return Review.objects.get(station=city.stations[NORTH])


@pytest.fixture
def mark(review: Review) -> Mark:
    return review.marks.select_related("criterion").earliest("pk")


def add(mark: Mark, content: bytes = PNG, name: str = "门口.png", size: int | None = None) -> Evidence:
    size = len(content) if size is None else size
    return actions.add_photo(by=SYSTEM, mark=mark, name=name, stream=io.BytesIO(content), size=size)


def on_disk() -> list[Path]:
    folder = Path(settings.FILES_DIR) / "reviews"
    return sorted(folder.glob("*")) if folder.is_dir() else []


def refusal(act: Any, *args: Any, **terms: Any) -> str:
    with pytest.raises(Refused) as refused:
        act(*args, **terms)
    return refused.value.code


def test_a_picture_is_kept_closed_and_comes_back_as_it_was(mark: Mark) -> None:
    photo = add(mark)
    stored = (Path(settings.FILES_DIR) / photo.path).read_bytes()
    assert PNG[8:40] not in stored and actions.open_photo(by=SYSTEM, photo=photo) == PNG
    assert (photo.content_type, photo.size) == ("image/png", len(PNG))
    assert Entry.objects.filter(chain=mark.review.chain, verb="review.photo_added").count() == 1
    assert "key" in Holder(Evidence).keys  # a new master key takes it along


def test_the_same_picture_twice_is_one(mark: Mark) -> None:
    before = len(on_disk())
    assert add(mark).pk == add(mark, name="又一张.png").pk
    assert Evidence.objects.count() == 1 and len(on_disk()) == before + 1


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.png", "file_empty"),
        (b"<script>", "a.png", "file_type_mismatch"),
        (PNG, "a.exe", "file_type"),
        (PNG, "a", "file_type"),
        (PNG, "a.jpg", "file_type_mismatch"),
        (b"%PDF-1.7\n", "a.pdf", "no_photo"),
        (b"GIF89a" + bytes(20), "a.gif", "no_photo"),
    ],
)
def test_what_is_no_photograph_is_refused_and_leaves_nothing(
    mark: Mark, content: bytes, name: str, code: str
) -> None:
    before = on_disk()
    assert refusal(add, mark, content, name) == code
    assert not Evidence.objects.exists() and on_disk() == before


def test_a_file_that_is_too_large_is_not_read_to_its_end(mark: Mark, settings: Any) -> None:
    settings.ATTACHMENT_MAX_BYTES = 1000
    assert refusal(add, mark) == "file_too_large"
    assert refusal(add, mark, size=1) == "file_too_large"  # what the sender says is not believed


def test_a_line_holds_so_many_and_no_more(mark: Mark) -> None:
    for n in range(evidence.MOST):
        add(mark, PNG + bytes([n]))
    before = on_disk()
    assert refusal(add, mark, PNG + b"more") == "too_many_files" and on_disk() == before


def test_a_full_disk_keeps_neither_file_nor_row(mark: Mark, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: str, blob: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(evidence, "store", full)
    assert refusal(add, mark) == "disk_full" and not Evidence.objects.exists()


@pytest.mark.parametrize("harm", ["gone", "cut", "another"])
def test_what_is_not_what_was_kept_is_not_served(mark: Mark, harm: str) -> None:
    photo = add(mark)
    file = Path(settings.FILES_DIR) / photo.path
    if harm == "gone":
        file.unlink()
    elif harm == "cut":
        file.write_bytes(file.read_bytes()[:-1])
    else:
        file.write_bytes((Path(settings.FILES_DIR) / add(mark, PNG + b"2").path).read_bytes())
    assert refusal(actions.open_photo, by=SYSTEM, photo=photo) == "file_lost"


def test_a_wrong_one_goes_with_its_file_while_it_is_judged(
    mark: Mark, django_capture_on_commit_callbacks: Any
) -> None:
    photo = add(mark)
    with django_capture_on_commit_callbacks(execute=True):
        actions.drop_photo(by=SYSTEM, photo=photo)
    assert not Evidence.objects.exists() and not (Path(settings.FILES_DIR) / photo.path).exists()
    assert Entry.objects.filter(verb="review.photo_dropped").count() == 1


def test_what_is_final_stays_as_it_was_judged(review: Review, mark: Mark) -> None:
    photo = add(mark)
    Review.objects.filter(pk=review.pk).update(state=ReviewState.FINAL, total=90)
    before = on_disk()
    assert refusal(add, mark, PNG + b"late") == "wrong_state" and on_disk() == before
    assert refusal(actions.drop_photo, by=SYSTEM, photo=photo) == "wrong_state"
    Review.objects.filter(pk=review.pk).update(state=ReviewState.APPEALED)
    assert add(mark, PNG + b"for the appeal").pk
