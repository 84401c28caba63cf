"""Articles for a whole question: from the laws in force, and from a model of answered questions."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db.models import Count, Max
from django.utils import timezone

from mingbai.core.refused import Refused
from mingbai.knowledge.models import Article, Synonym
from mingbai.knowledge.queries.laws import article_texts, law_names

if TYPE_CHECKING:
    from mingbai.knowledge.learning.articles import Finder
    from mingbai.knowledge.learning.labels import Model as LabelModel
    from mingbai.knowledge.learning.training import Laws

log = structlog.get_logger(__name__)

MODEL = Path("models") / "articles.model"
"""Where a city keeps its own, below MINGBAI_DATA; train_articles writes it there."""


def model_path() -> Path:
    return Path(settings.MINGBAI_DATA) / MODEL


def article_finder(model: Path | None = None, *, on: date | None = None) -> "Finder":
    """The laws as they read that day (default today), with a model. Raises Refused for a bad one."""
    # numpy and scipy are for who asks a model or a whole file; other processes do without.
    from mingbai.knowledge.learning.articles import Finder, Model

    return Finder(article_texts(on), synonyms=_synonyms(), model=Model.load(model) if model else None)


def label_model(path: Path) -> "LabelModel":
    """A model that train_triage wrote. Raises Refused for a bad one."""
    from mingbai.knowledge.learning.labels import Model

    return Model.load(path)


def laws_today() -> "Laws":
    """What training needs of the laws in force."""
    from mingbai.knowledge.learning.training import Laws

    names = {held[0]: held for held in law_names().values()}
    return Laws(article_texts(), names, _synonyms())


def _synonyms() -> list[tuple[str, str]]:
    return list(Synonym.objects.filter(is_active=True).order_by("lay", "legal").values_list("lay", "legal"))


def likely_articles(text: str, most: int = 3) -> list[Article]:
    """The articles that the city's model proposes, best first; none where there is no usable model."""
    path, today = model_path(), timezone.localdate()
    if not path.exists():  # most cities have none, and ask no table then
        return []
    held = Article.objects.aggregate(rows=Count("pk"), last=Max("pk"), ended=Max("valid_to"))
    kept = _kept(path, (today, *held.values()), lambda: (article_finder(path, on=today), _keys(today)))
    if kept is None:
        return []
    finder, pks = kept
    found = [pks[ref] for ref in finder.rank([text], most)[0]]
    rows = Article.objects.select_related("law").in_bulk(found)
    return [rows[pk] for pk in found if pk in rows]


def _keys(on: date) -> dict[str, int]:
    return {row.ref: row.pk for row in Article.objects.in_force(on).select_related("law")}


def kept_labels(name: str) -> "LabelModel | None":
    """The city's own model of that name beside the articles' one; None where there is no usable one."""
    path = model_path().with_name(name)
    return _kept(path, (), lambda: label_model(path))


_loaded: dict[Path, tuple[tuple[object, ...], Any]] = {}
"""The one cache of loaded models: file → (what it was built from, what was built)."""


def _kept(path: Path, rest: tuple[object, ...], build: Callable[[], Any]) -> Any:
    """Built anew when the file or the rest changes; None without one, and for one of no use (logged once)."""
    try:
        stamp = (path.stat().st_mtime_ns, *rest)
    except OSError:
        _loaded.pop(path, None)
        return None
    held = _loaded.get(path)
    if held is None or held[0] != stamp:
        held = _loaded[path] = (stamp, _built(path, build))
    return held[1]


def _built(path: Path, build: Callable[[], Any]) -> Any:
    try:
        return build()
    except Refused as reason:
        log.warning("knowledge.model_unusable", why=str(reason), path=str(path))
        return None
