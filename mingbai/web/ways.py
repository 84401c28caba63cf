"""The ways a page offers: to a form, to what a cell names, to the lists that stand beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

Text = str | Promise


def tab(label: Text, url: str, *, current: bool = False, count: object = "") -> dict[str, Any]:
    """One of the lists side by side (components/tabs.html)."""
    return {"label": label, "url": url, "count": count, "current": current}


@dataclass(frozen=True, slots=True)
class Room:
    """The ways within one room; `name`: its namespace of addresses."""

    name: str

    def url(self, name: str, *args: object) -> str:
        return reverse(f"{self.name}:{name}", args=args)

    def way(self, label: Text, name: str, *args: object, icon: str = "") -> dict[str, Any]:
        """A way to the form that does it (components/action_bar.html)."""
        return {"label": label, "url": self.url(name, *args), "icon": icon, "post": False}

    def link(self, text: Text, name: str, *args: object, query: str = "") -> dict[str, Any]:
        """A cell that opens something (components/table.html)."""
        return {"text": text, "url": self.url(name, *args) + query}

    def tabs(self, pages: Iterable[tuple[str, Text]], here: str) -> list[dict[str, Any]]:
        """Its lists by the name of their address and label."""
        return [tab(label, self.url(name), current=name == here) for name, label in pages]
