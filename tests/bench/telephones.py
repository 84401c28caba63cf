"""sipp scenarios of a bench: each caller with a number of its own, and the moments that count, logged."""

from tests.sipp import _SDP, _scenario, _sent

_HEADERS = """Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]c[call_number]
To: <sip:{number}@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
Contact: <sip:[field0]@[local_ip]:[local_port]>
Max-Forwards: 70"""

_LAST = "[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n"


def callers(*, number: str, talk_ms: int, ring_ms: int, tone: str) -> str:
    """Calls, is answered by the exchange at once, and hangs up `talk_ms` and a ring later."""
    head = _HEADERS.format(number=number)
    return _scenario(
        '<nop><action><log message="AT [field0] [timestamp]"/></action></nop>',
        _sent(f"INVITE sip:{number}@[remote_ip]:[remote_port] SIP/2.0\n{head}\nCSeq: 1 INVITE\n{_SDP}"),
        '<recv response="100" optional="true"/><recv response="180" optional="true"/>',
        '<recv response="183" optional="true"/><recv response="200" rrs="true"/>',
        _sent(f"ACK [next_url] SIP/2.0\n{head}\nCSeq: 1 ACK\nContent-Length: 0\n", ""),
        _voice(tone),
        f'<pause milliseconds="{talk_ms + ring_ms}"/>',
        _sent(f"BYE [next_url] SIP/2.0\n{head}\nCSeq: 2 BYE\nContent-Length: 0\n"),
        '<recv response="200"/>',
    )


def agents(*, number: str, talk_ms: int, ring_ms: int, tone: str) -> str:
    """Any of the telephones: rings, is taken off, talks until the other side hangs up."""
    same = "[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]p[call_number]\n[last_Call-ID:]\n[last_CSeq:]\n"
    contact = "Contact: <sip:phone@[local_ip]:[local_port]>\n"
    return _scenario(
        '<recv request="INVITE" rrs="true"><action><ereg regexp="sip:([0-9]+)@" search_in="hdr" '
        'header="From:" assign_to="whole,caller"/></action></recv><Reference variables="whole"/>',
        _sent(f"SIP/2.0 180 Ringing\n{same}{contact}Content-Length: 0\n", ""),
        f'<recv request="CANCEL" timeout="{ring_ms}" ontimeout="5" next="8"/>',
        '<label id="5"/>',
        '<nop><action><log message="AT [$caller] [timestamp]"/></action></nop>',
        _sent(f"SIP/2.0 200 OK\n{same}{contact}{_SDP}"),
        '<recv request="ACK"/>',
        _voice(tone),
        '<recv request="BYE"/>',
        '<label id="8"/>',
        _sent(f"SIP/2.0 200 OK\n{_LAST}Content-Length: 0\n", ""),
    )


def _voice(tone: str) -> str:
    return f'<nop><action><exec rtp_stream="{tone},-1,8,PCMA/8000"/></action></nop>' if tone else ""
