"""Which skill a person can be sent with, which kind of matter asks for which skill."""

from collections.abc import Collection

from mingbai.people.enums import Post
from mingbai.places.enums import Line
from mingbai.servicedays.enums import RecordKind, Skill

OF_POST: dict[str, Skill] = {
    Post.LAWYER: Skill.LAWYER,
    Post.VILLAGE_LAWYER: Skill.LAWYER,
    Post.MEDIATOR: Skill.MEDIATOR,
    Post.LEGAL_AID_CLERK: Skill.AID_CLERK,
    Post.NOTARY: Skill.NOTARY,
}
OF_LINE: dict[str, Skill] = {Line.MEDIATION: Skill.MEDIATOR, Line.LEGAL_AID: Skill.AID_CLERK}
"""What a register's entry adds to a post. Lawyers and notaries are so by their licence, never by an entry."""

OF_KIND: dict[str, Skill] = {
    "consultation": Skill.LAWYER,
    "counsel": Skill.LAWYER,
    "mediation": Skill.MEDIATOR,
    "legal_aid": Skill.AID_CLERK,
    "notary": Skill.NOTARY,
}
KIND_OF: dict[str, str] = {
    Skill.LAWYER: "consultation",
    Skill.MEDIATOR: "mediation",
    Skill.AID_CLERK: "legal_aid",
    Skill.NOTARY: "notary",
}
"""The kind of matter that a need with a voice note becomes."""

CASE_OF: dict[str, str] = {
    RecordKind.CONSULTATION: "consultation",
    RecordKind.LEGAL_AID: "legal_aid",
    RecordKind.NOTARY_HOME: "notary",
    RecordKind.MEDIATION: "mediation",
}
SKILL_OF: dict[str, Skill] = {kind: OF_KIND[case] for kind, case in CASE_OF.items()}
"""Whose work a record is: with it a need of that skill is served."""


def skills_of(post: str, lines: Collection[str]) -> tuple[Skill, ...]:
    """The skills of one person, their post's first."""
    own = OF_POST.get(post)
    found = ([own] if own else []) + [OF_LINE[line] for line in sorted(lines) if line in OF_LINE]
    return tuple(dict.fromkeys(found))
