"""The wire between a browser and the house, which can be cut: nothing new is taken and nothing goes on.

A browser's own "off line" is one of its developer tools: started anew it sometimes asks the network past the
pages it has kept, until the switch is moved once more (seen in Chromium 150). A cut wire knows no exceptions.
"""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any


class Wire(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, behind: int) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.behind, self.is_cut = behind, False
        self.open: set[socket.socket] = set()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_address[1]}"

    def verify_request(self, request: Any, client_address: Any) -> bool:
        return not self.is_cut

    def cut(self) -> None:
        self.is_cut = True
        for end in list(self.open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.is_cut = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A cut connection is what this is for."""


class _Talk(socketserver.BaseRequestHandler):
    server: Wire

    def handle(self) -> None:
        with socket.create_connection(("localhost", self.server.behind)) as house:
            ends = {self.request, house}
            self.server.open |= ends
            back = threading.Thread(target=_carry, args=(house, self.request), daemon=True)
            back.start()
            _carry(self.request, house)
            back.join()
            self.server.open -= ends


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while some := source.recv(65536):
            target.sendall(some)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def wire(behind: int) -> Iterator[Wire]:
    """A wire to this port of this machine."""
    with Wire(behind) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield made
        made.cut()
        made.shutdown()
        thread.join(5)
