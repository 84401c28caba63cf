"""The same submission again is the same matter: by header, by the partner's number, at once."""

from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from mingbai.cases.models import Case, Submission
from mingbai.core.actor import SYSTEM
from mingbai.people import actions as people
from tests.cases.factories import make_city
from tests.web.api.calls import post, problem


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def test_the_same_key_and_body_give_the_same_answer(partner: Client):
    first, again = (post(partner, headers=keyed("k"), phone=None) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() and first.json()["follow_code"]
    assert Case.objects.count() == Submission.objects.count() == 1


def test_the_same_key_with_another_body_is_a_conflict(partner: Client):
    post(partner, headers=keyed("k"))
    problem(post(partner, headers=keyed("k"), text="另一件事"), 409, "key_reused")
    assert Case.objects.count() == 1


def test_the_partners_number_serves_as_key(partner: Client):
    first, again = (post(partner, partner_number="A-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    problem(post(partner, partner_number="A-1", text="另一件事"), 409, "key_reused")
    assert post(partner, partner_number="A-2").status_code == 201


def test_the_partners_number_comes_once_whatever_the_header(partner: Client):
    post(partner, headers=keyed("k1"), partner_number="A-1")
    problem(post(partner, headers=keyed("k2"), partner_number="A-1"), 409, "key_reused")


def test_a_key_is_not_the_number_of_the_same_name(partner: Client):
    assert post(partner, headers=keyed("A-1")).status_code == 201
    assert post(partner, partner_number="A-1").status_code == 201


def test_keys_of_two_partners_are_two(partner: Client, other: Client):
    numbers = {
        post(one, headers=keyed("k"), partner_number="A-1").json()["number"] for one in (partner, other)
    }
    assert len(numbers) == 2


def test_without_key_and_number_every_sending_is_a_matter(partner: Client):
    assert {post(partner).status_code for _ in range(2)} == {201}
    assert Case.objects.count() == 2


def test_the_order_of_fields_is_no_other_body(partner: Client):
    one = b'{"region": "210402000000", "text": "x"}'
    two = b'{"text":"x","urgent":false,"region":"210402000000","kind":"consultation"}'
    sent = {"content_type": "application/json", "headers": keyed("k")}
    answers = [partner.post("/api/v1/cases", raw, **sent) for raw in (one, two)]
    assert [answer.status_code for answer in answers] == [201, 200]


def test_an_overlong_key_is_wrong(partner: Client):
    problem(post(partner, headers=keyed("k" * 201)), 422, "invalid")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("changes", [{"headers": keyed("k")}, {"partner_number": "A-1"}])
def test_two_equal_submissions_at_once_are_one_matter(changes: dict[str, Any]):
    city = make_city()
    secret = people.issue_key(by=SYSTEM, partner=city.partner)
    answers: list[Any] = []
    barrier = Barrier(4)

    def send() -> None:
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        barrier.wait()
        answers.append(post(client, **changes))
        connection.close()

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert Case.objects.count() == 1
