"""What a search of the knowledge has found, as every face shows it."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mingbai.knowledge.enums import Kind
from mingbai.knowledge.queries import Hit, article_hit, likely_articles, look_up, search, similar_questions

MOST = 30
LEAST_TYPED, LEAST_ALIKE = 6, 0.06
"""Characters before questions alike are looked for, and how alike they must be to be shown."""
_PAGES = {Kind.LAW: "law", Kind.ARTICLE: "article", Kind.GUIDE: "howto", Kind.ANSWER: "answer"}
_STATION_CODE = 12  # an organisation is found by its key, which is shorter


def found_for(
    posted: Mapping[str, str], region: str = "", *, typing: bool = False, face: str = "public"
) -> dict[str, Any]:
    """The context of a search page: what was asked, of which kind, and the rows for components/hits.html.

    `typing`: the last word is not finished yet. `face`: "public" or "kiosk", whose pages the hits open.
    """
    text, kind = posted.get("q", "").strip(), posted.get("kind", "")
    kinds = (kind,) if kind in Kind.values else ()
    found = look_up(text, kinds=kinds, region=region, limit=MOST, prefix=typing) if text else None
    return {
        "text": text,
        "kind": kind if kinds else "",
        "kinds": Kind.choices,
        "hits": [told(hit, face) for hit in found.hits] if found else [],
        "corrected": found.corrected if found else "",
    }


def of_use(text: str, most: int = 5) -> list[dict[str, Any]]:
    """Articles, guides and answers that may be of use for a matter's text; a person decides which."""
    likely = [article_hit(article, place) for place, article in enumerate(likely_articles(text))]
    known = {hit.ref for hit in likely}
    hits = [hit for hit in search(text, kinds=_PAGES, limit=most) if hit.kind != Kind.LAW]
    others = [hit for hit in hits if hit.kind != Kind.ARTICLE or hit.ref not in known]
    return [told(hit) for hit in [*likely, *others][:most]]


def answered_before(text: str, most: int = 3) -> list[dict[str, str]]:
    """Published answers to questions like the text, as components/alike.html shows them."""
    hits = similar_questions(text, most) if len(text.strip()) >= LEAST_TYPED else []
    return [
        {"title": hit.title, "url": _url(hit), "note": str(_("已有律师审核过的回答"))}
        for hit in hits
        if hit.score >= LEAST_ALIKE
    ]


def told(hit: Hit, face: str = "public") -> dict[str, Any]:
    return {
        "kind": Kind(hit.kind).label,
        "url": _url(hit, face),
        "title": hit.title_parts or ((hit.title, False),),
        "snippet": hit.snippet,
        "phone": hit.phone,
        # The query machine has no telephone: a key that dials would only lead out of its pages.
        "call": f"tel:{hit.phone}" if hit.phone and face != "kiosk" else "",
        "address": hit.address,
        "hours": "，".join(hit.hours),
        "sign": "",  # its number on a map, and how far it is: where a list has them
        "far": "",
    }


def _url(hit: Hit, face: str = "public") -> str:
    """The public page of a hit; "" where the register shows all there is: an organisation, a person."""
    if hit.kind in _PAGES:
        return reverse(f"{face}:{_PAGES[Kind(hit.kind)]}", args=[int(hit.ref)])
    is_station = face == "public" and hit.kind == Kind.OFFICE and len(hit.ref) >= _STATION_CODE
    return reverse("public:station", args=[hit.ref]) if is_station else ""
