"""The registry of papers: lines declare at start-up which papers they issue, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mingbai.core.registry import Registry

if TYPE_CHECKING:
    from mingbai.people.models import User

Value = str | Sequence[str]


def nobody(user: User | Any, about: str) -> bool:
    return False


@dataclass(frozen=True)
class Field:
    """One thing that a template may name: `name` as it stands between braces (a word without blanks or
    signs), `sample` for the preview: a text, or a list where the paper has a row for each.

    `must`: a template without it is refused (what the law wants to stand in the paper).
    """

    name: str
    sample: Value
    must: bool = False

    @property
    def written(self) -> str:
        """As it stands in a template."""
        return "{{" + self.name + "}}"

    @property
    def is_list(self) -> bool:
        return not isinstance(self.sample, str)


HOUSE_FIELDS: tuple[Field, ...] = (
    Field("文号", "（2026）抚法援决字第12号", must=True),
    Field("机构", "抚顺市公共法律服务中心"),
    Field("机构地址", "抚顺市顺城区临江路东段28号"),
    Field("机构电话", "024-57612348"),
    Field("日期", "2026年11月23日"),
    Field("经办人", "李想"),
)
"""What every paper has; filled by `actions.issue`."""


@dataclass(frozen=True)
class PaperKind:
    """A paper that is issued: `series` is the word of its number ("法援决" in 抚法援决字); kinds that share a
    number series share the word. `body` is the template to begin with (see `rules.markup`).

    `may_see(user, about)` answers for one paper by its matter's chain; `is_public`: the party may read it.
    """

    code: str
    label: str
    series: str
    body: str
    fields: tuple[Field, ...]
    may_see: Callable[[User | Any, str], bool] = nobody
    is_public: bool = True
    group: str = ""
    numbered: bool = True

    @property
    def all_fields(self) -> tuple[Field, ...]:
        own = {one.name for one in self.fields}
        house = [one for one in HOUSE_FIELDS if one.name not in own and (self.numbered or one.name != "文号")]
        return (*house, *self.fields)

    @property
    def samples(self) -> Mapping[str, Value]:
        return {one.name: one.sample for one in self.all_fields}


PAPER_KINDS: Registry[PaperKind] = Registry("papers")


def register_paper(kind: PaperKind) -> PaperKind:
    """Called in an app's `ready()`."""
    return PAPER_KINDS.register(kind.code, kind)
