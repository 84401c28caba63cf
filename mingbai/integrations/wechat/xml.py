"""The platform's flat XML, read with the standard parser: no document type, no entities, no depth."""

from collections.abc import Mapping
from xml.parsers.expat import ExpatError, ParserCreate

MOST_BYTES = 64 * 1024
_MOST_FIELDS, _MOST_DEPTH = 200, 5


class BadXml(Exception):
    """Not a message of the platform."""


def parse(body: bytes) -> dict[str, str]:
    """The fields below the root by name; of deeper ones the last. Raises BadXml.

    A DOCTYPE is refused when it is met, before any entity is declared: there is nothing to expand.
    """
    if len(body) > MOST_BYTES:
        raise BadXml("too large")
    fields: dict[str, str] = {}
    path: list[str] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        path.append(name)
        if len(path) > _MOST_DEPTH or len(fields) > _MOST_FIELDS:
            raise BadXml("too deep or too many fields")
        if len(path) > 1:
            fields[name] = ""

    def text(data: str) -> None:
        if len(path) > 1:
            fields[path[-1]] += data

    def refuse(*words: object) -> int:
        raise BadXml("a document type is no part of a message")

    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler = begin, text
    parser.EndElementHandler = lambda name: path.pop()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(body, True)
    except (ExpatError, ValueError, KeyError) as error:
        raise BadXml(str(error)) from error
    return fields


def compose(fields: Mapping[str, str | int]) -> str:
    """A flat message; texts in CDATA, whose own end is split."""
    parts = []
    for name, value in fields.items():
        inner = str(value) if isinstance(value, int) else f"<![CDATA[{_whole(value)}]]>"
        parts.append(f"<{name}>{inner}</{name}>")
    return f"<xml>{''.join(parts)}</xml>"


def _whole(text: str) -> str:
    return text.replace("]]>", "]]]]><![CDATA[>")
