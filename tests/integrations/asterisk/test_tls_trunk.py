"""A carrier's trunk over TLS: the operator's own configuration, a real Asterisk and a real caller."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.process import wait_until
from tests.sipp import pbx, telephones


def test_a_call_arrives_over_tls() -> None:
    try:
        pbx.pbx_root()
    except pbx.NoPbx as error:
        pytest.skip(str(error))
    with pbx.running(seats=1, trunk="tls") as exchange, telephones(exchange) as sipp:
        assert "tls" in pbx.console(exchange, "pjsip show transports")
        sipp.tls = True
        caller = sipp.call(talk_ms=60_000)
        # No hotline process here: the dial plan's own fallback takes the call off.
        wait_until(lambda: "1 call processed" in pbx.console(exchange, "core show calls"), seconds=20)
        caller.wait(20)


@pytest.mark.parametrize("given", [["TRUNK_TRANSPORT=tls"]])
def test_a_trunk_over_tls_without_a_certificate_is_said_and_nothing_written(tmp_path: Path, given: list[str]):
    needed = [
        "TRUNK_MATCH=127.0.0.1",
        "TRUNK_CONTACT=sip:127.0.0.1",
        "MEDIA_ADDRESS=127.0.0.1",
        "ARI_PASSWORD=x",
    ]
    command = [
        sys.executable,
        str(pbx.ROOT / "ops/asterisk/configure.py"),
        str(tmp_path / "etc"),
        *needed,
        *given,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "TLS_CERT" in done.stderr and not (tmp_path / "etc").exists()
