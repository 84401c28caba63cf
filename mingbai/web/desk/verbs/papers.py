"""Files that are added to a matter."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mingbai.cases.actions import files
from mingbai.cases.perms import can_work
from mingbai.web.desk.verbs.verb import Doing, Verb, VerbForm
from mingbai.web.forms import FilesField


class AttachForm(VerbForm):
    files: Any = FilesField(label=_("照片和材料"), help_text=_("拍照或选文件，每个最多 20 MB。"))
    paper = forms.ChoiceField(label=_("是哪一样材料"), required=False)
    by_resident = forms.BooleanField(label=_("群众提供的"), required=False, initial=True)

    def prepare(self) -> None:
        asked = [(str(paper.pk), paper.name) for paper in self.dossier.papers]
        self.fields["paper"].choices = [("", _("其他")), *asked]  # type: ignore[attr-defined]


@transaction.atomic
def _attach(doing: Doing) -> Any:
    data = doing.data
    paper = next((one for one in doing.dossier.papers if str(one.pk) == data["paper"]), None)
    for file in data["files"]:
        files.attach(
            case=doing.case,
            by=doing.by,
            name=file.name or "",
            stream=file.file,
            size=file.size,
            by_resident=data["by_resident"],
            paper=paper,
        )


VERBS = (
    Verb(
        "attach",
        _("加材料"),
        "paperclip",
        _("加密保存在办件里，只有看得到这件事的人能打开。"),
        _attach,
        lambda dossier: can_work(dossier.here.user, dossier.case),
        AttachForm,
        state="attach",
        done=_("材料已保存。"),
    ),
)
