"""What a phone sends that had no network: when it happened, and the answer that its queue understands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from mingbai.core.refused import Refused
from mingbai.visits.models import Visit
from mingbai.web.forms import said
from mingbai.web.offline import is_from_phone, not_taken, taken


def at_of(request: HttpRequest, visit: Visit) -> datetime | None:
    """When the form was filled in, where it waited on a phone: since the visit is known, not later than now.

    None for now.
    """
    if not is_from_phone(request):
        return None
    try:
        at = parse_datetime(request.POST.get("at", "")[:40])
    except ValueError:
        return None
    if at is None or not timezone.is_aware(at):
        return None
    return min(max(at, visit.written_at), timezone.now())


def kept(form: forms.Form, act: Callable[[dict[str, Any]], Any]) -> HttpResponse:
    """Do what the form says; refused, the phone keeps its copy with the reason."""
    if not form.is_valid():
        return not_taken(next((str(error) for errors in form.errors.values() for error in errors), ""))
    try:
        act(form.cleaned_data)
    except Refused as refused:
        return not_taken(said(refused))
    return taken()
