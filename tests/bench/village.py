"""A week off line: 500 forms that waited on a phone are sent, and the line is cut twenty times.

`measure(world)` serves the house and runs this module in a process of its own that knows the house's key and
closes the forms as a phone does (the browser itself is in tests/e2e/test_village.py).
"""

import http.client
import json
import secrets
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

from tests.bench.world import ROOT, World

MATTERS, RECORDS, CUTS, AT_ONCE = 350, 150, 20, 10
LIMIT = 10.0
BOUNDARY = "mingbai-bench-boundary"


def measure(world: World) -> dict[str, Any]:
    """`seconds`: from the first sending to the last receipt, cuts included; `once`: as many rows as forms."""
    world.found()
    with world.server() as server:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.village", str(server.port)],
            cwd=ROOT,
            env={**world.env, "DJANGO_SETTINGS_MODULE": "config.settings"},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    return dict(json.loads(done.stdout.splitlines()[-1]))


class Phone:
    """Sends as kept.js does; a cut ends the connection when the house has the forms, or has half of them."""

    def __init__(self, port: int, cookies: dict[str, str]) -> None:
        self.port, self.cookies, self.sendings = port, cookies, 0

    def send(self, forms: dict[str, bytes], cut: str = "") -> dict[str, Any]:
        """The answer by key; {} after a cut."""
        self.sendings += 1
        body = b"".join(_part(key, box) for key, box in forms.items()) + f"--{BOUNDARY}--\r\n".encode()
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        line.putrequest("POST", "/kept/send/")
        for name, value in self._headers(len(body)).items():
            line.putheader(name, value)
        line.endheaders()
        line.send(body[: len(body) // 2] if cut == "half" else body)
        if cut == "answer":
            time.sleep(0.05)  # the house is at work when the line breaks
        if cut:
            line.close()
            return {}
        answer = line.getresponse()
        said = answer.read()
        line.close()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {said[:200]!r}")
        return dict(json.loads(said)["rows"])

    def _headers(self, length: int) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {
            "Cookie": cookies,
            "X-CSRFToken": self.cookies["csrftoken"],
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Content-Length": str(length),
        }


def _part(key: str, box: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="box"; filename="{key}"\r\n'
    return head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + box + b"\r\n"


def inside(port: int) -> dict[str, Any]:
    from mingbai.cases.models import Case
    from mingbai.servicedays.models import DayRecord

    user, day = _people()
    phone, waiting = Phone(port, _cookies(user)), _forms(user, day)
    cuts = ["half", "answer"] * (CUTS // 2)
    begun = time.perf_counter()
    while waiting:
        some = dict(list(waiting.items())[:AT_ONCE])
        said = phone.send(some, cuts.pop() if cuts and phone.sendings % 2 == 0 else "")
        for key, one in said.items():
            if one["taken"] is not True:
                raise RuntimeError(one)
            waiting.pop(key)
    seconds = time.perf_counter() - begun
    matters, records = Case.objects.filter(channel="village").count(), DayRecord.objects.count()
    once = matters == MATTERS and records == RECORDS and not cuts
    return {
        "ratio": round(LIMIT / seconds, 2),
        "reached": seconds <= LIMIT and once,
        "seconds": round(seconds, 2),
        "once": once,
        "matters": matters,
        "records": records,
        "cuts": CUTS - len(cuts),
        "sendings": phone.sendings,
    }


def _people() -> tuple[Any, Any]:
    """A village worker who signs in, and the service day of today at their place."""
    from django.utils import timezone

    from mingbai.core.actor import SYSTEM
    from mingbai.people import actions as people
    from mingbai.people.enums import Post
    from mingbai.people.models import User
    from mingbai.people.roles import RoleCode
    from mingbai.places.models import Station
    from mingbai.servicedays.models import ServiceDay

    station = Station.objects.filter(tier="county_centre").order_by("code").first()
    assert station is not None
    worker = people.register_worker(
        by=SYSTEM, name="村干部", post=Post.WINDOW_CLERK, region=station.region, station=station
    )
    user = people.make_user(
        by=SYSTEM, username="bench", name="村干部", password=secrets.token_hex(16), worker=worker
    )
    people.grant(by=SYSTEM, user=user, role=RoleCode.STATION_MANAGER, station=station)
    User.objects.filter(pk=user.pk).update(has_initial_password=False)
    day = ServiceDay.objects.create(
        region_id=station.region_id,
        station=station,
        on=timezone.localdate(),
        state="planned",
        published_at=timezone.now(),
    )
    return User.objects.get(pk=user.pk), day


def _cookies(user: Any) -> dict[str, str]:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
    session["seen_at"] = int(time.time())
    session.save()
    return {settings.SESSION_COOKIE_NAME: str(session.session_key), "csrftoken": secrets.token_hex(16)}


def _forms(user: Any, day: Any) -> dict[str, bytes]:
    """What was written in the week, each under its key."""
    from django.utils import timezone

    from tests.web.phone import boxed, new_id

    text, now = "老板拖欠了三个月的工资，一直说下个月发。", timezone.now()
    matter = {"where": day.region_id, "kind": "consultation", "channel": "village"}
    record = {"kind": "consultation", "answer": "先去劳动监察。"}
    made: dict[str, bytes] = {}
    for number in range(MATTERS + RECORDS):
        key, at = new_id(), now - timedelta(minutes=20 * (MATTERS + RECORDS - number))
        said = {
            "text": f"{text}（{number}）",
            "name": "王小明",
            "phone": f"138{number:08d}",
            "at": at.isoformat(),
        }
        if number < MATTERS:
            made[key] = boxed(key, "/desk/village/matter/", user.pk, matter | said)
        else:
            made[key] = boxed(key, f"/desk/days/{day.pk}/stand/", user.pk, record | said)
    return made


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(inside(int(sys.argv[1]))))
