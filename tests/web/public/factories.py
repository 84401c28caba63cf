"""What residents send, and matters that came in through the public form."""

from typing import Any

from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from tests.places.factories import NORTH

PHONE = "13812345678"
LAST4 = "5678"
CLERK = Actor("user", "1", "高明")
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64

ASKED: dict[str, Any] = {
    "text": "老板三个月没发工钱，电话也打不通。",
    "county": NORTH,
    "town": "",
    "village": "",
    "place_q": "",
    "tell_by": "phone",
    "phone": "138 1234 5678",
    "phone_of": "own",
    "name": "李师傅",
    "agree_handle": "on",
    "key": "ab" * 16,
}


def asked(**changes: Any) -> dict[str, Any]:
    return {**ASKED, **changes}


def photo(name: str = "欠条.png", content: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "lxml")


def errors(response: Any) -> str:
    """The summary above the form, "" where nothing is wrong."""
    found = soup(response).select_one(".c-errors")
    return found.get_text(" ", strip=True) if found else ""


def make_case(**changes: Any) -> Case:
    """A matter that came in through the form, by the hand of a resident."""
    number = Case.objects.count() + 1
    response = Client().post("/ask/", asked(key=f"{number:032x}", **changes))
    assert response.status_code == 302, errors(response)
    return Case.objects.latest("id")


def opened_client(case: Case, secret: str = LAST4) -> Client:
    """A browser in which the matter has been opened with its secret."""
    client = Client()
    response = client.post("/follow/", {"number": case.number, "secret": secret})
    assert response.status_code == 302, errors(response)
    return client
