"""Forms of the follow page: a message with files and papers, a withdrawal, a rating."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.cases.enums import GRADES, HeardFrom
from mingbai.cases.models import Consent, PaperAsked
from mingbai.web.forms import FilesField, WordsField


class MessageForm(forms.Form):
    """Words, files, or both; which of the papers asked for are among them."""

    text = WordsField(label=gettext_lazy("写给办理人"), required=False, rows=4)
    papers = forms.MultipleChoiceField(
        label=gettext_lazy("这次交的是"), required=False, widget=forms.CheckboxSelectMultiple
    )
    attachments = FilesField(label=gettext_lazy("照片和材料"), required=False)

    def __init__(self, *args: Any, papers: Iterable[PaperAsked], **options: Any) -> None:
        super().__init__(*args, **options)
        names = [paper.name for paper in papers]
        self.fields["papers"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
        if not names:
            del self.fields["papers"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not (data.get("text") or data.get("attachments") or data.get("papers")):
            self.add_error("text", _("请写几句，或者选照片、材料。"))
        return data

    def words(self) -> str:
        """The text, or what was given where nothing was written."""
        data = self.cleaned_data
        if data["text"]:
            return str(data["text"])
        if names := data.get("papers"):
            return _("交来：%(papers)s") % {"papers": _("、").join(names)}
        return _("交来 %(count)d 个文件") % {"count": len(data["attachments"])}


class HowForm(forms.Form):
    """知晓, 首选: two taps, each may be left out."""

    heard_from = forms.ChoiceField(
        label=gettext_lazy("您是从哪里知道我们的"),
        choices=HeardFrom.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    was_first_choice = forms.TypedChoiceField(
        label=gettext_lazy("遇到这件事，您先想到的就是我们吗"),
        choices=[("1", gettext_lazy("是")), ("0", gettext_lazy("先找过别处"))],
        coerce=lambda value: value == "1",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )


class ConsentForm(forms.Form):
    """One of the consents that still hold."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("撤回哪一项"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一项。")},
    )

    def __init__(self, *args: Any, given: list[Consent], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(one.purpose, one.get_purpose_display()) for one in given]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]


class WithdrawForm(forms.Form):
    """No reason is too small, but it is written down."""

    reason = WordsField(
        label=gettext_lazy("为什么不办了"),
        rows=3,
        most=2000,
        error_messages={"required": gettext_lazy("请写一句原因，例如“已经解决了”。")},
    )


class ObjectionForm(forms.Form):
    """Why the resident does not agree with a refusal or a termination."""

    text = WordsField(
        label=gettext_lazy("您哪里不同意"),
        rows=6,
        most=5000,
        error_messages={"required": gettext_lazy("请写几句：哪里不对，实际是怎样。")},
    )


class RateForm(forms.Form):
    """Five grades, none chosen beforehand."""

    grade = forms.TypedChoiceField(
        label=gettext_lazy("您满意吗"),
        choices=list(GRADES.items()),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一项。")},
    )
    text = WordsField(label=gettext_lazy("想说的话"), required=False, rows=3, most=2000)
