"""The letter as a file: PDF and Word from the template that the city edits, like every paper of the house."""

from collections.abc import Sequence
from datetime import date

from mingbai.papers.enums import Format, Mark
from mingbai.papers.kinds import PAPER_KINDS, Field, PaperKind
from mingbai.papers.queries import drawn, drawn_from, template_of
from mingbai.papers.rules.numbers import day_text
from mingbai.places.enums import OrganisationKind
from mingbai.places.models import Organisation
from mingbai.places.queries import register

KIND = "letter"
_BODY = """# {{标题}}
^ {{文号}}
{{正文}}
> {{机构}}
> {{日期}}
"""


def letter_kind() -> PaperKind:
    """Its number is the one it was issued under, given by who issues it."""
    return PaperKind(
        code=KIND,
        label="公共法律服务工作报告",
        series="",
        body=_BODY,
        fields=(
            Field("标题", "抚顺市公共法律服务工作报告（2026年）", must=True),
            Field("文号", "抚司发〔2026〕12号"),
            Field("正文", ("12348 热线接听咨询 3,288 人次。", "举办公共法律服务日 728 场。"), must=True),
        ),
        is_public=False,
        group="报告",
        numbered=False,
    )


def letter_file(
    *,
    title: str,
    number: str,
    paragraphs: Sequence[str],
    region: str,
    on: date,
    form: str,
    mark: Mark = Mark.NONE,
) -> bytes:
    """`paragraphs`: sentences with their figures filled in. `form`: papers.enums.Format. Raises Refused
    "not_drawn".
    """
    values = {
        "标题": title,
        "文号": number,
        "正文": list(paragraphs),
        "机构": _bureau(region),
        "日期": day_text(on),
    }
    found = template_of(KIND, None)
    if found is None or found.is_given:
        return drawn_from(PAPER_KINDS.get(KIND).body, values, Format(form), title=title, mark=mark)
    return drawn(found, values, Format(form), title=title, mark=mark)


def _bureau(region: str) -> str:
    """Who signs: the bureau of the place, else the place's own name."""
    found = Organisation.objects.filter(region=region, kind=OrganisationKind.BUREAU).order_by("pk").first()
    return found.name if found else register().regions[region].name
