"""Telephones for tests: real SIP calls and real voice from sipp, the carrier's and the seats' side."""

import contextlib
import math
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ops" / "dev"))

import pbx  # noqa: E402

Telephone = subprocess.Popen[bytes]
_HEADERS = """Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:{number}@[local_ip]:[local_port]>;tag=[pid]c[call_number]
To: <sip:12348@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
Contact: <sip:{number}@[local_ip]:[local_port]>
Max-Forwards: 70"""
_SDP = """Content-Type: application/sdp
Content-Length: [len]

v=0
o=sipp 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000
"""
_PEER = """<recv request="INVITE" rrs="true"><action>
<ereg regexp=";tag=([^;]*)" search_in="hdr" header="From:" assign_to="whole,peer"/></action></recv>
<Reference variables="whole"/>"""
"""The other side's tag: what a telephone needs to hang up by itself."""
_VOICE = '<nop><action><exec rtp_stream="{tone},-1,8,PCMA/8000"/></action></nop>'
_SAME = "[last_Via:]\n[last_From:]\n[last_To:]{tag}\n[last_Call-ID:]\n[last_CSeq:]\n"


def _sent(text: str, retrans: str = ' retrans="500"') -> str:
    return f"<send{retrans}><![CDATA[\n\n{text}\n]]></send>"


_OK = f"SIP/2.0 200 OK\n{_SAME.format(tag='')}Content-Length: 0\n"


def _scenario(*steps: str) -> str:
    return '<?xml version="1.0"?>\n<scenario name="telephone">\n' + "\n".join(steps) + "\n</scenario>\n"


def _until_bye(talk_ms: int, bye: str) -> list[str]:
    """Talk until the other side hangs up, or hang up after `talk_ms`."""
    return [
        f'<recv request="BYE" timeout="{talk_ms}" ontimeout="9" next="8"/>',
        '<label id="9"/>',
        _sent(bye),
        '<recv response="200" next="7"/>',
        '<label id="8"/>',
        _sent(_OK, ""),
        '<label id="7"/>',
    ]


def _pressed(digit: str, after_ms: int, head: str) -> list[str]:
    """A key, unless the other side hangs up before."""
    body = f"Signal={digit}\nDuration=160\n"
    info = f"INFO [next_url] SIP/2.0\n{head}\nCSeq: 2 INFO\nContent-Type: application/dtmf-relay\n"
    return [
        f'<recv request="BYE" timeout="{after_ms}" ontimeout="6" next="8"/>',
        '<label id="6"/>',
        _sent(f"{info}Content-Length: [len]\n\n{body}"),
        '<recv response="200"/>',
    ]


def _caller(
    number: str, talk_ms: int, tone: str, *, header: str = "", press: tuple[str, int] | None = None
) -> str:
    """Rings, talks, presses a key after so many ms, hangs up `talk_ms` later unless the other side did."""
    head = _HEADERS.format(number=number)
    more = f"{header}\n" if header else ""
    return _scenario(
        _sent(f"INVITE sip:12348@[remote_ip]:[remote_port] SIP/2.0\n{head}\n{more}CSeq: 1 INVITE\n{_SDP}"),
        '<recv response="100" optional="true"/><recv response="180" optional="true"/>',
        '<recv response="183" optional="true"/><recv response="200" rrs="true"/>',
        _sent(f"ACK [next_url] SIP/2.0\n{head}\nCSeq: 1 ACK\nContent-Length: 0\n", ""),
        _VOICE.format(tone=tone),
        *(_pressed(*press, head) if press else []),
        *_until_bye(talk_ms, f"BYE [next_url] SIP/2.0\n{head}\nCSeq: 3 BYE\nContent-Length: 0\n"),
    )


def _phone(ring_ms: int, talk_ms: int, tone: str) -> str:
    """Answers after `ring_ms`; hangs up after `talk_ms` unless the other side did."""
    same = _SAME.format(tag=";tag=[pid]p[call_number]")
    contact = "Contact: <sip:phone@[local_ip]:[local_port]>\n"
    bye = (
        "BYE [next_url] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        "From: <sip:phone@[local_ip]:[local_port]>;tag=[pid]p[call_number]\n"
        "To: <sip:caller@[remote_ip]:[remote_port]>;tag=[$peer]\n"
        "Call-ID: [call_id]\nCSeq: 2 BYE\nMax-Forwards: 70\nContent-Length: 0\n"
    )
    return _scenario(
        _PEER,
        _sent(f"SIP/2.0 180 Ringing\n{same}{contact}Content-Length: 0\n", ""),
        f'<recv request="CANCEL" timeout="{ring_ms}" ontimeout="5" next="8"/>',
        '<label id="5"/>',
        _sent(f"SIP/2.0 200 OK\n{same}{contact}{_SDP}"),
        '<recv request="ACK"/>',
        _VOICE.format(tone=tone),
        *_until_bye(talk_ms, bye),
    )


def _refusing(status: str) -> str:
    same = _SAME.format(tag=";tag=[pid]p[call_number]")
    return _scenario(
        '<recv request="INVITE"/>',
        _sent(f"SIP/2.0 {status}\n{same}Content-Length: 0\n"),
        '<recv request="ACK"/>',
    )


def alaw(path: Path, hertz: int, seconds: float = 1.0) -> None:
    """A tone as raw G.711 A-law, which sipp sends as it is (ITU-T G.711)."""

    def encoded(sample: int) -> int:
        sign, size = (0x80, sample) if sample >= 0 else (0, -sample - 1)
        size = min(size, 32767) >> 3
        exponent = max(0, size.bit_length() - 5)
        mantissa = (size >> (exponent if exponent else 1)) & 0x0F
        return (sign | exponent << 4 | mantissa) ^ 0x55

    wave = (math.sin(2 * math.pi * hertz * n / 8000) for n in range(int(8000 * seconds)))
    path.write_bytes(bytes(encoded(int(value * 12000)) for value in wave))


class Sipp:
    """sipp processes of one test, by the exchange they call; all of them ended with it."""

    def __init__(self, exchange: pbx.Pbx, folder: Path) -> None:
        self.exchange, self.folder = exchange, folder
        self.running: list[Telephone] = []
        self.tls = False
        for name, hertz in (("caller", 600), ("phone", 900), ("carrier", 1500)):
            alaw(folder / f"{name}.alaw", hertz)

    def call(
        self,
        number: str = "13987650001",
        *,
        talk_ms: int = 60_000,
        times: int = 1,
        header: str = "",
        press: tuple[str, int] | None = None,
    ) -> Telephone:
        """One call to 12348 (or `times` at once) that hangs up after `talk_ms`; `press`: a key after ms."""
        tone = str(self.folder / "caller.alaw")
        scenario = _caller(number, talk_ms, tone, header=header, press=press)
        words = ["-m", str(times), "-l", str(times), "-r", "20", f"127.0.0.1:{self.exchange.sip_port}"]
        if self.tls:
            certificate, key = (str(Path(self.exchange.home) / f"etc/tls.{end}") for end in ("crt", "key"))
            words = ["-t", "l1", "-tls_cert", certificate, "-tls_key", key, *words]
        return self._start(scenario, words, pbx.free_port(socket.SOCK_DGRAM))

    def phone(self, number: int, *, ring_ms: int = 200, talk_ms: int = 60_000) -> Telephone:
        """The desk telephone `phone-<number>`: rings for `ring_ms`, then somebody takes it off."""
        scenario = _phone(ring_ms, talk_ms, str(self.folder / "phone.alaw"))
        return self._start(scenario, self._peer(), self.exchange.phone_ports[number - 1])

    def carrier(self, *, ring_ms: int = 200, talk_ms: int = 60_000, status: str = "") -> Telephone:
        """The far end of the trunk: a mobile that is answered, or that says `status` ("486 Busy Here").

        What it heard is in `heard`.
        """
        scenario = _phone(ring_ms, talk_ms, str(self.folder / "carrier.alaw"))
        if status:
            scenario = _refusing(status)
        words = [*self._peer(), "-trace_msg", "-message_file", str(self.folder / "carrier.txt")]
        return self._start(scenario, words, self.exchange.trunk_port)

    def heard(self) -> str:
        """All messages of the far end."""
        file = self.folder / "carrier.txt"
        return file.read_text() if file.exists() else ""

    def _peer(self) -> list[str]:
        """Whom a telephone hangs up on: one that only listens would not know."""
        return [f"127.0.0.1:{self.exchange.sip_port}"]

    def _start(self, scenario: str, words: list[str], port: int) -> Telephone:
        file = self.folder / f"scenario-{len(self.running)}.xml"
        file.write_text(scenario)
        # Its own range of ports for voice: two sipp with near ranges fall over each other.
        media = str(40000 + port % 100 * 200)
        sipp = [*pbx.program(pbx.pbx_root(), "usr/bin/sipp"), "-sf", str(file), "-nostdin"]
        sipp += ["-i", "127.0.0.1", "-p", str(port), "-mp", media, "-min_rtp_port", media]
        sipp += ["-max_rtp_port", str(int(media) + 190), "-trace_err"]
        command = [*sipp, "-error_file", str(self.folder / f"sipp-{len(self.running)}.err"), *words]
        with (self.folder / f"sipp-{len(self.running)}.log").open("wb") as log:
            one = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder)
        self.running.append(one)
        return one

    def end(self) -> None:
        for one in self.running:
            with contextlib.suppress(ProcessLookupError):
                one.kill()
            one.wait()


@contextlib.contextmanager
def telephones(exchange: pbx.Pbx) -> Iterator[Sipp]:
    with tempfile.TemporaryDirectory(prefix="mingbai-sipp-") as folder:
        found = Sipp(exchange, Path(folder))
        try:
            yield found
        finally:
            found.end()
