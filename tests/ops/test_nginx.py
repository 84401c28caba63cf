"""nginx with the configuration of ops/nginx in front of a real house: TLS, stream, limits, nothing leaks."""

import re
import shutil
import socket
import ssl
import subprocess
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from tests.house import House, free_port
from tests.ops import smuggling
from tests.process import wait_until

FOLDER = Path(settings.BASE_DIR) / "ops" / "nginx"
NAME = "fuwu.example.gov.cn"
pytestmark = pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The house behind nginx: (address, certificate, house)."""
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "data").mkdir()
    subprocess.run(["sh", str(FOLDER / "make-certificate.sh"), NAME, str(folder)], check=True)
    house = House(folder / "data", BEHIND_TLS="1", ALLOWED_HOSTS=f"{NAME},127.0.0.1")
    port = free_port()
    file = folder / "nginx.conf"
    file.write_text(configured(folder, port, house.port))
    running = subprocess.Popen(["nginx", "-c", str(file), "-p", str(folder), "-g", "daemon off;"])
    try:
        context = ssl.create_default_context(cafile=str(folder / "site.pem"))
        with httpx.Client(verify=context, timeout=90, limits=httpx.Limits(max_connections=200)) as client:
            url = f"https://127.0.0.1:{port}"
            wait_until(lambda: answers(client, url), 120)
            yield url, client, house
    finally:
        running.terminate()
        running.wait(10)
        house.stop()


def ask(client, url, path, **options):
    """As a browser that knows the site by its name."""
    headers = {"Host": NAME} | options.pop("headers", {})
    return client.get(url + path, headers=headers, extensions={"sni_hostname": NAME}, **options)


def answers(client, url):
    try:
        return ask(client, url, "/healthz").status_code == 200
    except httpx.HTTPError:
        return False


def configured(folder: Path, port: int, house: int) -> str:
    """The file as it is in ops/, but for ports and folders."""
    site = (FOLDER / "mingbai.conf").read_text()
    site = site.replace("/etc/mingbai/", f"{folder}/").replace("listen 443", f"listen {port}")
    site = site.replace("listen 80", f"listen {port + 1}")
    site = site.replace("127.0.0.1:8000", f"127.0.0.1:{house}").replace(
        "127.0.0.1:8001", f"127.0.0.1:{house + 1}"
    )
    temp = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"pid {folder}/pid; error_log {folder}/error.log; events {{}}"
        f" http {{ access_log off; {temp} {site} }}"
    )


def test_pages_come_over_tls_with_the_headers_of_a_secure_site(site):
    url, client, _house = site
    answer = ask(client, url, "/")
    assert answer.status_code == 200
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert not re.search(r"\d", answer.headers.get("Server", "")), "no version is told"


def test_plain_http_is_sent_to_https(site):
    url, _client, _house = site
    port = int(url.rpartition(":")[2]) + 1
    answer = httpx.get(f"http://127.0.0.1:{port}/desk/", headers={"Host": NAME})
    assert (answer.status_code, answer.headers["Location"]) == (301, f"https://{NAME}/desk/")


def test_figures_are_not_for_outside_and_the_stream_has_its_own_way(site):
    url, client, house = site
    assert ask(client, url, "/metrics").status_code == 404
    assert house.get("/metrics").status_code == 200
    assert ask(client, url, "/live/").status_code == 401, "the stream itself answers: sign in first"


def test_the_exchange_is_not_reached_without_a_seat(site):
    url, client, _house = site
    codes = {ask(client, url, "/pbx/ws", headers={"Upgrade": "websocket"}).status_code for _n in range(3)}
    assert codes <= {401, 403, 500}, "the exchange is not even asked: that would be 502"


def test_huge_headers_and_bodies_stop_at_the_door(site):
    url, client, _house = site
    assert ask(client, url, "/", headers={"X-Large": "x" * 40_000}).status_code == 400
    assert b" 413 " in only_the_head(
        url, f"POST /ask/ HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {300 * 1024**2}"
    )


def only_the_head(url: str, head: str) -> bytes:
    """What is answered to a request whose body never comes."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    port = int(url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=60) as plain:
        with context.wrap_socket(plain, server_hostname=NAME) as caller:
            caller.sendall(f"{head}\r\n\r\n".encode())
            return caller.recv(100)


def test_a_flood_is_told_to_wait_and_others_are_answered(site):
    """The flood comes from an address of its own: limits are by address."""
    url, client, house = site
    flooding = httpx.HTTPTransport(verify=False, local_address="127.0.0.2")
    with httpx.Client(transport=flooding, timeout=90) as flood, ThreadPoolExecutor(100) as crowd:
        codes = list(crowd.map(lambda _n: ask(flood, url, "/healthz").status_code, range(400)))
        other = ask(client, url, "/healthz").status_code
    assert 429 in codes and set(codes) <= {200, 429}
    assert other == 200 and house.answers()


def wire(url: str, house: House, way: str) -> socket.socket:
    """A connection to nginx by TLS, or to the house itself."""
    if way == "house":
        return socket.create_connection(("127.0.0.1", house.port), timeout=60)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    plain = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=60)
    return context.wrap_socket(plain, server_hostname=NAME)


@pytest.mark.parametrize("way", ["nginx", "house"])
def test_no_request_hides_in_another(site, way):
    """After a length or coding that can be read in two ways, what follows is no request of its own."""
    url, client, house = site
    hidden = {}
    for name, request in smuggling.requests(NAME if way == "nginx" else "127.0.0.1").items():
        with wire(url, house, way) as caller:
            codes = smuggling.answered(caller, request)
        if len(codes) > 1:
            hidden[name] = codes
        # Nor does it lie in wait on a connection between nginx and the house.
        assert {house.get("/healthz").text, ask(client, url, "/healthz").text} == {"ok\n"}, name
    assert hidden == {}


def test_what_follows_an_honest_request_is_answered(site):
    """The test above would prove nothing if nobody answered a second request on a connection."""
    url, _client, house = site
    two = b"GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\nGET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n"
    for way, name in (("nginx", NAME.encode()), ("house", b"127.0.0.1")):
        with wire(url, house, way) as caller:
            assert smuggling.answered(caller, two % (name, name)) == [200, 200], way


@pytest.mark.parametrize(("newest", "enters"), [("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)])
def test_old_tls_is_refused(site, newest, enters):
    url, _client, _house = site
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")  # what our own side would refuse proves nothing of the other
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion[newest]
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=60) as plain:
        if enters:
            with context.wrap_socket(plain, server_hostname=NAME) as caller:
                assert caller.version() == newest.replace("_", ".")
        else:
            with pytest.raises(ssl.SSLError, match="(?i)alert|version|eof"):
                context.wrap_socket(plain, server_hostname=NAME)


def test_cookies_are_for_tls_and_no_script(site):
    url, client, _house = site
    set_by = ask(client, url, "/accounts/login/").headers.get_list("set-cookie")
    assert set_by
    for one in set_by:
        assert "Secure" in one and "SameSite" in one and ("HttpOnly" in one or one.startswith("csrftoken"))
