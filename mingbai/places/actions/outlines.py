"""Outlines of regions, brought by an office with the map's approval number; replaced as a whole file."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.places.models import Outline, Region
from mingbai.places.record import asked, enter
from mingbai.places.rules.outlines import Shape, check_approval


@transaction.atomic
def load_outlines(*, by: Actor, outlines: Mapping[str, Shape], approval: str, source: str) -> int:
    """Set the outlines (12-digit code → GeoJSON geometry); all or nothing; return how many.

    Raises Refused "approval_missing", "text_missing", "unknown_region".
    """
    approval, source = check_approval(approval), asked(source, field="source")
    regions = {region.code: region for region in Region.objects.filter(code__in=list(outlines))}
    if unknown := sorted(set(outlines) - set(regions)):
        raise Refused(_("没有区划 %(codes)s") % {"codes": "、".join(unknown[:5])}, code="unknown_region")
    for code, shape in sorted(outlines.items()):
        values = {"shape": shape, "approval": approval, "source": source, "imported_at": timezone.now()}
        Outline.objects.update_or_create(region=regions[code], defaults=values)
        enter(regions[code], "outline_set", by, approval=approval, source=source)
    return len(outlines)
