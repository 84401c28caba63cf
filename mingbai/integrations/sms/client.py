"""The transport: one POST of JSON to the gateway, with the key by which it drops a repetition.

Gateways differ in names only; this is the shape that the city's own gateway, or a few lines before another,
speaks: {"id", "phone", "text"} with `Authorization: Bearer`, answered by {"code": 0}. Other codes: 1 wrong
number, 2 blocked, 3 words not allowed (all final), 9 too many (wait).
"""

from django.conf import settings

from mingbai.integrations.http import post_json
from mingbai.notices.models import Notice
from mingbai.notices.transports import Later, Undeliverable, Unsure, idempotency_key, words_of

OK, TOO_MANY = 0, 9
FINAL = {1: "no such number", 2: "blocked by the receiver", 3: "words not allowed"}
PATIENCE = 60.0


def send(notice: Notice) -> None:
    """Raises Undeliverable, Later, Unsure, or OSError when the gateway is away."""
    if not settings.SMS_URL:
        raise Undeliverable("SMS_URL is not set")
    phone = notice.address
    if not (phone.isdigit() and len(phone) == 11 and phone.startswith("1")):
        raise Undeliverable("not a mobile number")
    text = f"【{settings.SMS_SIGN}】{words_of(notice).body}"
    answer = post_json(
        settings.SMS_URL,
        {"id": idempotency_key(notice), "phone": phone, "text": text},
        {"Authorization": f"Bearer {settings.SMS_KEY}"},
    )
    _settle(answer.status, answer.json())


def _settle(status: int, said: object) -> None:
    code = said.get("code") if isinstance(said, dict) else None
    if status == 200 and code == OK:
        return
    if code in FINAL:
        raise Undeliverable(FINAL[code])
    if status == 429 or code == TOO_MANY:
        raise Later(PATIENCE, "gateway: too many")
    if 400 <= status < 500:
        raise ConnectionError(f"gateway refused: {status}")
    # A 5xx, or 200 with nonsense: the message may lie there all the same.
    raise Unsure(f"gateway answered {status} and nothing we understand")
