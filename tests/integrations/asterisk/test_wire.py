"""The small HTTP client: what an exchange may do to it, on a server of a few lines."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from mingbai.integrations.asterisk.wire import Wire, WireError
from tests.aside import run_aside

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Server:
    """Says to each request the next of `answers`; b"" closes the connection instead."""

    def __init__(self, *answers: bytes) -> None:
        self.answers, self.heard, self.links = list(answers), [], 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.links += 1
        try:
            while self.answers:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                size = int(head.lower().partition("content-length:")[2].split("\r\n")[0] or 0)
                self.heard.append((head.split("\r\n")[0], (await reader.readexactly(size)).decode()))
                answer = self.answers.pop(0)
                writer.write(answer)
                if not answer or b"Content-Length" not in answer:
                    break
            if not self.answers:
                await asyncio.sleep(0.3)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def wired(server: Server, scene: Callable[[Wire], Awaitable[None]]) -> None:
    async def run() -> None:
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        wire = Wire(f"http://127.0.0.1:{port}/ari", "hotline", "secret")
        await scene(wire)
        await wire.close()
        listening.close()

    run_aside(run)


def play(server: Server, scene: Callable[[Callable[..., Awaitable[Any]]], Awaitable[None]]) -> None:
    async def run(wire: Wire) -> None:
        async def ask(verb: str = "GET", path: str = "x", patience: float = 2.0, **more: Any) -> Any:
            return await wire.ask(verb, path, more.get("params", {}), more.get("body"), patience)

        await scene(ask)

    wired(server, run)


def test_one_connection_serves_one_request_after_another():
    server = Server(OK, b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nContent-Length: 0\r\n\r\n", OK)

    async def scene(ask: Any) -> None:
        assert await ask("POST", "channels/a%2Fb/play", params={"media": "sound:a b"}) == (200, b"{}")
        assert await ask("DELETE") == (404, b"")
        assert await ask("PUT", body={"name": "席位"}) == (200, b"{}")

    play(server, scene)
    assert server.links == 1
    assert server.heard[0] == ("POST /ari/channels/a%2Fb/play?media=sound%3Aa+b HTTP/1.1", "")
    assert server.heard[2][1] == '{"name": "\\u5e2d\\u4f4d"}'


def test_requests_at_once_do_not_wait_for_each_other():
    server = Server(OK, OK, OK)

    async def scene(ask: Any) -> None:
        assert await asyncio.gather(ask(), ask(), ask()) == [(200, b"{}")] * 3

    play(server, scene)
    assert server.links == 3


def test_a_connection_closed_while_it_was_idle_is_made_anew():
    server = Server(OK, b"", OK)

    async def scene(ask: Any) -> None:
        await ask()
        assert await ask("POST", "again") == (200, b"{}")

    play(server, scene)
    assert server.links == 2


def test_a_file_without_a_length_is_read_to_its_end():
    async def scene(ask: Any) -> None:
        assert await ask() == (200, b"RIFF" * 50_000)

    play(Server(b"HTTP/1.0 200 OK\r\n\r\n" + b"RIFF" * 50_000), scene)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SIP/2.0 rubbish\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"x" * 70_000,
    ],
)
def test_what_is_no_answer_is_said_to_be_none(answer: bytes):
    async def scene(ask: Any) -> None:
        with pytest.raises(WireError):
            await ask(patience=0.2)

    play(Server(answer), scene)


def test_a_file_is_read_while_the_loop_goes_on():
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + b"RIFF" * 50_000
    server = Server(whole, b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}")

    async def scene(wire: Wire) -> None:
        assert await wire.file("recordings/stored/a%2Fb/file", 2.0) == (200, b"RIFF" * 50_000)
        assert await wire.file("x", 2.0) == (404, b"{}")

    wired(server, scene)
    assert server.heard[0] == ("GET /ari/recordings/stored/a%2Fb/file HTTP/1.1", "")


@pytest.mark.parametrize(
    "answer", [b"", b"SIP/2.0 rubbish\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"]
)
def test_half_a_file_is_none(answer: bytes):
    async def scene(wire: Wire) -> None:
        with pytest.raises(WireError):
            await wire.file("x", 0.2)

    wired(Server(answer), scene)


def test_nobody_there_is_no_answer():
    async def run() -> None:
        with pytest.raises(WireError, match="Refused"):
            await Wire("http://127.0.0.1:9", "a", "b").ask("GET", "x", {}, None, 1.0)
        with pytest.raises(WireError, match="Refused"):
            await Wire("http://127.0.0.1:9", "a", "b").file("x", 1.0)

    run_aside(run)
