"""What goes over the wire: signatures, encryption and XML, against published examples and another library."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.integrations.wechat.crypto import Envelope, Forged, check, signature
from mingbai.integrations.wechat.xml import MOST_BYTES, BadXml, compose, parse

ENVELOPE = Envelope("pamtest", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wxb11529c136998cb6")

# The platform's own example (its published sample code): head aaaabbbbccccdddd.
PUBLISHED = "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="

# Made with wechatpy 1.8.18 under the same key, timestamp 1411034505, nonce nonce123.
BY_WECHATPY = [
    (
        "<xml><Content>hi</Content></xml>",
        "yidGMoxHkAGWhQdtfNckyLM2F+TQWsFxxKX9eDW2cXHZK79nGQjYfcgbj6NumzVTcDJkbsL1po6jGPjMeLAC3ebjJDmYgBAI"
        "ERAc2971FZdtLxG7brziSaXzyWJiiFGC",
        "b3c55f34d398f794060e10d21bb0baee62acc843",
    ),
    (
        "<xml><Content>欠薪三个月😀</Content></xml>",
        "ZMM+PHij72h0TduqAG6MO2tZvtHz8dtAX5BdvMZ4PSsoW/jWJySp+EWkLUZUaGqBkKcnAucaeAJ+Nju+SsVc6C2aHRQAMXsL"
        "D+fEEJRD9UwQN0hP91OBKM24knRk+8b8",
        "fd810d16228717ef835ef1d3d2272d9bc8dcc77f",
    ),
    (
        f"<xml>{'x' * 31}</xml>",
        "yS33bJSrRyHmDtj6pCLXxo1aBDFUoHVHrQz5/MIHC2MXX1Fq5b877wHbDWMyLK+uMhniWu+JJL3XaZNHUxUZXN1pggTBeYtB"
        "DL9k2wIpwf0up/Nq2yoCTa+VrAAyTidg",
        "d10b9a14ab2f43866df91031bb58f471be37b05c",
    ),
]


def test_the_platforms_published_example_opens_and_closes():
    assert ENVELOPE.open(PUBLISHED) == "我是中文abcd123"
    assert ENVELOPE.close("我是中文abcd123", head=b"aaaabbbbccccdddd") == PUBLISHED


@pytest.mark.parametrize(("text", "sealed", "signed"), BY_WECHATPY)
def test_what_another_library_closed_and_signed_opens(text, sealed, signed):
    assert ENVELOPE.open(sealed) == text
    assert signature("pamtest", "1411034505", "nonce123", sealed) == signed


def test_the_plain_signature_is_that_of_another_library():
    check("322e0b49b8742f820222dfec6616a66d32424ade", "pamtest", "1411034505", "nonce123")


@given(st.text(max_size=300))
def test_every_text_comes_back(text):
    assert ENVELOPE.open(ENVELOPE.close(text)) == text


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_an_altered_message_never_opens_as_ours(at, change):
    """Without the signature: whatever opens at all must not be the text."""
    data = bytearray(base64.b64decode(PUBLISHED))
    data[at % len(data)] ^= change
    try:
        assert ENVELOPE.open(base64.b64encode(bytes(data)).decode()) != "我是中文abcd123"
    except Forged:
        pass


@pytest.mark.parametrize("sealed", ["", "x", "====", "AAAA", "我", PUBLISHED[:-8], PUBLISHED + "AAAA"])
def test_what_is_no_ciphertext_is_forged(sealed):
    with pytest.raises(Forged):
        ENVELOPE.open(sealed)


def test_another_account_or_key_opens_nothing():
    with pytest.raises(Forged):
        Envelope("pamtest", ENVELOPE.aes_key, "wx0000000000000000").open(PUBLISHED)
    with pytest.raises(Forged):
        Envelope("pamtest", "B" * 43, ENVELOPE.app_id).open(PUBLISHED)


@pytest.mark.parametrize("given_", ["", "x" * 40, "我", "322e0b49b8742f820222dfec6616a66d32424adf"])
def test_a_wrong_signature_is_forged(given_):
    with pytest.raises(Forged):
        check(given_, "pamtest", "1411034505", "nonce123")


# ── XML ──


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=200))
def test_texts_go_through_xml_whole(text):
    assert parse(compose({"Content": text, "CreateTime": 7}).encode()) == {"Content": text, "CreateTime": "7"}


BOMB = b"<!DOCTYPE x [" + b"".join(
    b'<!ENTITY %c "%b">' % (97 + at, b"&%c;" % (96 + at) * 10 if at else b"aaaaaaaaaa") for at in range(10)
)


@pytest.mark.parametrize(
    "body",
    [
        BOMB + b"]><xml><Content>&j;</Content></xml>",
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><a>&a;</a></xml>',
        b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]><xml/>',
        b"<xml>" + b"<a>" * 50 + b"</a>" * 50 + b"</xml>",
        b"<xml>" + b"".join(b"<f%d>1</f%d>" % (at, at) for at in range(400)) + b"</xml>",
        b"<xml><a>&unknown;</a></xml>",
        b"<xml><a></xml>",
        b"",
        b"\x00\x01",
        b"\xff\xfe",
        "<xml><a>未完".encode(),
        b"{}",
        b"<xml>" + b"x" * MOST_BYTES + b"</xml>",
    ],
)
def test_bombs_entities_and_nonsense_are_no_message(body):
    with pytest.raises(BadXml):
        parse(body)
