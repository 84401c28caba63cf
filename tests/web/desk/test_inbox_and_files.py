"""The hand-over inbox, and attachments that only the check of their matter gives out."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from mingbai.cases.actions import handover
from mingbai.cases.models import Attachment, Case
from mingbai.journal.models import Entry
from mingbai.people.roles import RoleCode
from mingbai.web.exports import disposition
from tests.cases.factories import SOUTH, City, make_many, make_taken
from tests.web.desk.pages import do, errors, queries, signed_in, soup, url_of, words


def png(size: tuple[int, int], mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, "PNG")
    return out.getvalue()


PNG = png((8, 8))
BOMB = png((25_000, 25_000), "1")  # 76 kB that would be two gigabytes


def offered(city: City, reason: str = "在望花干的活") -> Case:
    case = make_taken(city)
    handover.offer(case=case, by=city.alice.actor, to=city.stations[SOUTH], reason=reason)
    return case


def test_the_taker_sees_the_offer_with_its_reason_and_both_ways(city: City) -> None:
    case = offered(city)
    page = signed_in(city.charlie).get("/desk/inbox/")
    assert "在望花干的活" in words(page)
    links = [a["href"] for a in soup(page).select("#inbox a.btn")]
    assert links == [url_of(case, "accept_handover"), url_of(case, "decline_handover")]


def test_the_giver_sees_what_waits_and_can_take_it_back(city: City) -> None:
    case = offered(city)
    page = soup(signed_in(city.alice).get("/desk/inbox/"))
    assert page.select(f'a[href="{url_of(case, "take_back")}"]')
    assert not page.select(f'a[href="{url_of(case, "accept_handover")}"]')


def test_declined_twice_it_stands_there_to_be_designated(city: City) -> None:
    case = offered(city)
    do(city.charlie, case, "decline_handover", reason="不归我们")
    do(city.alice, case, "offer", to=SOUTH, reason="再请看看")
    back = do(city.charlie, case, "decline_handover", reason="还是不归我们")
    assert back.redirect_chain[-1][0] == "/desk/inbox/"
    assert "待指定承办" in words(signed_in(city.alice).get("/desk/inbox/"))


def test_an_empty_inbox_says_what_belongs_here(city: City) -> None:
    assert "没有等您签收的办件" in words(signed_in(city.charlie).get("/desk/inbox/"))


def test_the_inbox_costs_the_same_with_many(city: City) -> None:
    offered(city)
    client = signed_in(city.charlie)
    few = queries(client, "/desk/inbox/")
    make_many(city, 100)
    for _n in range(3):
        offered(city)
    assert queries(client, "/desk/inbox/") == few <= 12


def test_who_does_not_work_matters_has_no_inbox(city: City) -> None:
    assert signed_in(city.users[RoleCode.LEADER]).get("/desk/inbox/").status_code == 403


# ── files ──


def photo(name: str = "欠条.png", content: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def attached(city: City, name: str = "欠条.png") -> tuple[Case, Attachment]:
    case = make_taken(city)
    response = do(city.alice, case, "attach", files=[photo(name)], by_resident="on")
    assert "材料已保存" in words(response)
    return case, Attachment.objects.get()


def test_a_file_is_kept_shown_and_served_with_its_true_type(city: City) -> None:
    case, file = attached(city)
    client = signed_in(city.bob)
    assert "欠条.png" in words(client.get(url_of(case)))
    response = client.get(f"{url_of(case)}files/{file.pk}/")
    assert response.content.startswith(b"\xff\xd8\xff") and response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Content-Disposition"].startswith('inline; filename="__.png"')
    assert "%E6%AC%A0" in response["Content-Disposition"]
    assert Entry.objects.filter(verb="case.attachment_opened").count() == 1


def test_a_picture_is_looked_at_as_a_copy_and_taken_away_as_it_came(city: City) -> None:
    """A place in the camera's notes and a page hidden behind the picture are not in what one looks at."""
    sent = taken_at_home()
    case = make_taken(city)
    do(city.alice, case, "attach", files=[photo("门口.jpg", sent)], by_resident="on")
    url = f"{url_of(case)}files/{Attachment.objects.get().pk}/"
    client = signed_in(city.bob)
    copy = client.get(url).content
    assert b"<script>" not in copy and not Image.open(io.BytesIO(copy)).getexif()
    assert Image.open(io.BytesIO(copy)).size == (1200, 2400), "turned as it was held, and no longer"
    assert f"{url}?download" in client.get(url_of(case)).content.decode()
    kept = client.get(f"{url}?download")
    assert kept.content == sent and kept["Content-Disposition"].startswith("attachment")


def taken_at_home() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright
    exif.get_ifd(0x8825)[1] = "N"  # GPSLatitudeRef
    out = io.BytesIO()
    Image.new("RGB", (3000, 1500), "grey").save(out, "JPEG", exif=exif)
    return out.getvalue() + b"<script>alert(1)</script>"


@pytest.mark.parametrize("content", [PNG[:8] + b"\x00" * 64, BOMB[:200]], ids=["broken", "cut"])
def test_what_calls_itself_a_picture_and_is_none_is_only_taken_away(city: City, content: bytes) -> None:
    case = make_taken(city)
    do(city.alice, case, "attach", files=[photo(content=content)], by_resident="on")
    response = signed_in(city.bob).get(f"{url_of(case)}files/{Attachment.objects.get().pk}/")
    assert (response.content, response["Content-Type"]) == (content, "image/png")
    assert response["Content-Disposition"].startswith("attachment")


def test_a_picture_of_too_many_points_is_not_drawn(city: City) -> None:
    case = make_taken(city)
    do(city.alice, case, "attach", files=[photo(content=BOMB)], by_resident="on")
    response = signed_in(city.bob).get(f"{url_of(case)}files/{Attachment.objects.get().pk}/")
    assert response["Content-Disposition"].startswith("attachment")


def test_a_stranger_and_another_matter_do_not_open_it(city: City) -> None:
    case, file = attached(city)
    other = make_taken(city)
    assert signed_in(city.charlie).get(f"{url_of(case)}files/{file.pk}/").status_code == 404
    assert signed_in(city.alice).get(f"{url_of(other)}files/{file.pk}/").status_code == 404
    assert signed_in(city.alice).get(f"{url_of(case)}files/{file.pk + 1}/").status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [("欠条.png", b"<html><script>1</script></html>"), ("空.png", b""), ("病毒.exe", b"MZ" + b"\x00" * 64)],
)
def test_a_file_whose_content_is_not_its_name_is_refused_by_name(
    city: City, name: str, content: bytes
) -> None:
    case = make_taken(city)
    response = do(city.alice, case, "attach", files=[photo(name, content)])
    assert name in errors(response)
    assert not Attachment.objects.exists()


def test_a_nasty_name_stays_a_name(city: City) -> None:
    assert "\n" not in disposition('a";\r\nSet-Cookie: x\u202egnp.png', inline=False)
    case, file = attached(city, "a; x=..%2f.png")
    response = signed_in(city.alice).get(f"{url_of(case)}files/{file.pk}/")
    assert response["Content-Disposition"].count('"') == 2


def test_a_damaged_file_says_so(city: City) -> None:
    case, file = attached(city)
    Attachment.objects.filter(pk=file.pk).update(digest="0" * 64)
    response = signed_in(city.alice).get(f"{url_of(case)}files/{file.pk}/", follow=True)
    assert "打不开" in words(response)
