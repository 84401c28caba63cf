"""Rows of another system beside ours: what their headings mean, which of their words differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.filings.kinds import NUMBER, THEIRS, Words


@dataclass(frozen=True, slots=True)
class Column:
    """One column of theirs over one field of ours."""

    code: str
    name: str


def row_of(columns: Iterable[Column], values: Mapping[str, str]) -> list[str]:
    """One record in their order."""
    return [str(values.get(column.code, "")) for column in columns]


def read_row(columns: Iterable[Column], row: Mapping[str, str]) -> dict[str, str]:
    """A row of theirs as our fields: only the columns it has. Raises Refused "no_number" without either."""
    found = {column.code: _plain(row[column.name]) for column in columns if column.name in row}
    if not (found.get(NUMBER) or found.get(THEIRS)):
        raise Refused(_("这一行没有编号，认不出是哪一件。"), code="no_number")
    return found


def differing(columns: Sequence[Column], ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    """The fields that both know and say differently; blanks and width of signs do not count."""
    return [
        column.code
        for column in columns
        if column.code in theirs
        and column.code != THEIRS
        and _plain(theirs[column.code]) != _plain(ours.get(column.code, ""))
    ]


def _plain(text: str) -> str:
    return "".join(str(text).split()).translate(_NARROW)


_NARROW = {ord(wide): narrow for wide, narrow in zip("（），：；．－", "(),:;.-", strict=True)}


@dataclass(frozen=True, slots=True)
class Codebook:
    """Our words and another system's codes for them on one day; `codes`: field and our value → their code."""

    words: Words
    codes: Mapping[tuple[str, str], str]

    def to_theirs(self, field: str, word: str) -> str:
        """Their code for our word; the word itself where nobody has written the code down yet."""
        own = self._own(field, word)
        return self.codes.get((field, own), word) if own else word

    def to_ours(self, field: str, theirs: str) -> str:
        """Our word for their code; what is no code of theirs stays as it is. Of several of our values with
        one code it is the first: their table may be coarser than ours."""
        for own, word in self.words.get(field, {}).items():
            if theirs and _plain(self.codes.get((field, own), "")) == _plain(theirs):
                return word
        return theirs

    def is_missing(self, field: str, word: str) -> bool:
        """Whether a word of a coded field goes out as a word, for want of the code."""
        own = self._own(field, word)
        return bool(own) and (field, own) not in self.codes

    def _own(self, field: str, word: str) -> str:
        return next((own for own, said in self.words.get(field, {}).items() if said == word), "")
