"""Training of models from a file: the only writing of a model."""

from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.journal.actions import write
from mingbai.knowledge.learning.rows import read_rows
from mingbai.knowledge.queries.learned import laws_today


@transaction.atomic
def train_articles(*, by: Actor, file: Path, out: Path) -> dict[str, Any]:
    """Write the model and return its card. Raises Refused "unreadable", "too_few", OSError."""
    from mingbai.knowledge.learning.training import learn

    model = learn(read_rows(file, field="law"), laws_today(), on=timezone.localdate())
    out.parent.mkdir(parents=True, exist_ok=True)
    data = {name: model.card[name] for name in ("rows", "answered", "judged")}
    write(chain="model:articles", verb="model.trained", by=by, data={**data, "file": out.name})
    model.save(out)
    return model.card


@transaction.atomic
def train_triage(*, by: Actor, file: Path, field: str, out: Path) -> dict[str, Any]:
    """Write the model of labels and return its card. Raises Refused "unreadable", "too_few", OSError."""
    from mingbai.knowledge.learning.labelling import learn

    model = learn(read_rows(file, field=field), on=timezone.localdate(), field=field)
    out.parent.mkdir(parents=True, exist_ok=True)
    data = {name: model.card[name] for name in ("rows", "labelled", "top_1")}
    write(chain="model:labels", verb="model.trained", by=by, data={**data, "file": out.name})
    model.save(out)
    return model.card
