"""Requests that two servers in a row may read as different numbers of requests (RFC 9112, 11.2)."""

import socket

HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: %(host)s\r\n\r\n"
"""What must never be answered: a second answer on the connection would be its."""
_CHUNKED = b"0\r\n\r\n" + HIDDEN
_LINES = {
    "length and chunks": (b"Content-Length: 4\r\nTransfer-Encoding: chunked", _CHUNKED),
    "chunks and length": (b"Transfer-Encoding: chunked\r\nContent-Length: 200", _CHUNKED),
    "two lengths": (b"Content-Length: 0\r\nContent-Length: 60", HIDDEN),
    "lengths in one": (b"Content-Length: 0, 60", HIDDEN),
    "no number": (b"Content-Length: 0x3c", HIDDEN),
    "with a sign": (b"Content-Length: +0", HIDDEN),
    "below nothing": (b"Content-Length: -1", HIDDEN),
    "more than counts": (b"Content-Length: 184467440737095516160", HIDDEN),
    "space before colon": (b"Transfer-Encoding : chunked\r\nContent-Length: 60", _CHUNKED),
    "tab": (b"Transfer-Encoding:\tchunked\r\nContent-Length: 60", _CHUNKED),
    "another coding": (b"Transfer-Encoding: xchunked\r\nContent-Length: 0", HIDDEN),
    "chunked twice": (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\nX: 5", _CHUNKED),
    "a line folded": (b"Transfer-Encoding:\r\n chunked\r\nContent-Length: 60", _CHUNKED),
    "a bare line feed": (b"Content-Length: 0\nTransfer-Encoding: chunked", _CHUNKED),
    "a bare return": (b"X: a\rTransfer-Encoding: chunked\r\nContent-Length: 0", HIDDEN),
    "a zero": (b"X: a\0b\r\nContent-Length: 0", HIDDEN),
    "no name": (b": a\r\nContent-Length: 0", HIDDEN),
    "a broken chunk": (b"Transfer-Encoding: chunked", b"3;\n\r\nabc\r\n0\r\n\r\n" + HIDDEN),
    "a chunk of no size": (b"Transfer-Encoding: chunked", b"-1\r\n" + HIDDEN),
    "a chunk too large": (b"Transfer-Encoding: chunked", b"fffffffffffffffff\r\n" + HIDDEN),
}  # fmt: skip


def requests(host: str) -> dict[str, bytes]:
    head = b"POST /healthz HTTP/1.1\r\nHost: %(host)s\r\n%(lines)s\r\n\r\n"
    made = {}
    for name, (lines, rest) in _LINES.items():
        values = {b"host": host.encode(), b"lines": lines}
        made[name] = head % values + rest % values
    return made


def answered(caller: socket.socket, request: bytes) -> list[int]:
    """The statuses that come back until the other side closes, or has nothing more to say for a second."""
    caller.settimeout(1)
    got = b""
    try:
        caller.sendall(request)
        while block := caller.recv(65536):
            got += block
    except OSError:
        pass
    lines = [line for line in got.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    return [int(line.split()[1]) for line in lines]
