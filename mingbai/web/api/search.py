"""The knowledge through the API: what is published, no key needed."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from mingbai.knowledge.enums import Kind
from mingbai.knowledge.queries import search
from mingbai.web.api import schemas as s
from mingbai.web.api.places import known_region

router = Router(tags=["knowledge"], auth=None)
MOST = 50


@router.get("/search", response={200: list[s.HitOut], 404: s.ProblemOut, 422: s.ProblemOut})
def find(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=2000)],
    kind: Kind | None = None,
    region: str = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = 20,
) -> list[dict[str, Any]]:
    """Laws, articles, guides, answers, offices and people for a few words or a whole question, best first."""
    near = known_region(region) if region else ""
    hits = search(q, kinds=(kind,) if kind else (), region=near, limit=limit)
    return [
        {
            "kind": hit.kind,
            "ref": hit.ref,
            "title": hit.title,
            "text": "".join(part.text for part in hit.snippet),
            "phone": hit.phone,
            "address": hit.address,
        }
        for hit in hits
    ]
