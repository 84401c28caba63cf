"""The transport: a text to the address of a group's robot.

The platform takes 2048 bytes of text and 20 messages a minute from one robot, and answers 200 with an
`errcode` (developer.work.weixin.qq.com, 群机器人配置说明).
"""

from django.conf import settings

from mingbai.integrations.http import post_json
from mingbai.notices.models import Notice
from mingbai.notices.rules import is_robot
from mingbai.notices.transports import Later, Undeliverable, Unsure, words_of

MOST_BYTES = 2048
OVER_RATE, BUSY = 45009, -1
PATIENCE = 60.0


def send(notice: Notice) -> None:
    """Raises Undeliverable for a robot that is gone, Later over its rate, Unsure for nonsense."""
    if not is_robot(notice.address, fakes=settings.EDGES_ON_LOOPBACK):  # stored before we looked
        raise Undeliverable("not an address of robots")
    words = words_of(notice)
    text = cut(f"{words.subject}\n{words.body}")
    answer = post_json(notice.address, {"msgtype": "text", "text": {"content": text}})
    said = answer.json()
    code = said.get("errcode") if isinstance(said, dict) else None
    if answer.status == 200 and code == 0:
        return
    if code == OVER_RATE or answer.status == 429:
        raise Later(PATIENCE, "robot over its rate")
    if isinstance(code, int) and code != BUSY:
        raise Undeliverable(f"errcode {code}")
    raise Unsure(f"robot answered {answer.status} and nothing we understand")


def cut(text: str) -> str:
    """The text within the platform's bytes, never through the middle of a character; the link stays."""
    body = text.encode()
    if len(body) <= MOST_BYTES:
        return text
    head, _space, link = text.rpartition("http")
    tail = f"…\nhttp{link}" if head and len(link) < 500 else "…"
    return body[: MOST_BYTES - len(tail.encode())].decode(errors="ignore") + tail
