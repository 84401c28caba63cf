"""Form fields that every face shares (phone, ID number, words, day, files); refused rules shown on a form.

The field for a place is in `web/where.py`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.checks import clean_id_number, clean_phone, clean_text
from mingbai.core.filetype import ALLOWED, HEAD_BYTES, sniff
from mingbai.core.numbers import clean_number
from mingbai.core.refused import Refused
from mingbai.knowledge.queries import cited_articles

Form = TypeVar("Form", bound=forms.BaseForm)

ACCEPT = ",".join(f".{extension}" for extension in ALLOWED)
"""What a file field offers to choose from."""

_DAY_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
"""Of what is typed: the day after it, its midnight and its week must be days, too."""


@contextmanager
def refusals(form: forms.BaseForm, **renamed: str) -> Iterator[None]:
    """Show a refused rule at its field, or above the form; `renamed`: the action's field name → the form's.

    with refusals(form, phone="party_phone"):
        close(…)
        return redirect(…)
    return render(…)
    """
    try:
        yield
    except Refused as refused:
        name = renamed.get(refused.field or "", refused.field or "")
        error = ValidationError(said(refused), code=refused.code)
        form.add_error(name if name in form.fields else None, error)


def said(refused: Refused) -> str:
    """What failed, what was kept, what to do: one text."""
    return "".join(str(part) for part in (refused.reason, refused.kept, refused.do) if part)


def unjudged(form: Form) -> Form:
    """The bound form as it was typed, without errors: only the next list of a picker was asked for."""
    form._errors = ErrorDict()  # type: ignore[attr-defined]
    return form


def wants_list_only(data: QueryDict) -> bool:
    """True when a button of the region picker was pressed: show the form again, do nothing."""
    return "refresh" in data or bool(data.get("place"))


def checked(value: object, check: Callable[..., str], **more: Any) -> str:
    """The value after a check of `core.checks`, whose refusal becomes the field's error."""
    try:
        return check(str(value or ""), **more)
    except Refused as refused:
        raise ValidationError(said(refused), code=refused.code) from None


class WordsField(forms.CharField):
    """Words of any length up to `most` characters (code points). Newlines and emoji stay, NUL is refused."""

    def __init__(self, *, most: int = 20_000, rows: int = 0, **options: Any) -> None:
        attrs = options.pop("attrs", {})
        plain = forms.Textarea(attrs={"rows": rows, **attrs}) if rows else forms.TextInput(attrs=attrs)
        options.setdefault("widget", plain)
        messages = {"required": gettext_lazy("请填写内容。"), **options.pop("error_messages", {})}
        super().__init__(error_messages=messages, **options)
        self.most = most

    def clean(self, value: Any) -> str:
        if not str(value or "").strip():
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return ""
        return checked(value, clean_text, most=self.most)


class ArticlesField(WordsField):
    """Articles that something rests on, a line each; whatever cites none that is imported is named."""

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "help_text", gettext_lazy("一行一条，例如：劳动合同法第三十八条。发布后群众能点开看。")
        )
        super().__init__(most=4_000, rows=3, required=False, **options)

    def clean(self, value: Any) -> Any:
        found, unknown = cited_articles(super().clean(value).splitlines()[:60], on=timezone.localdate())
        if unknown:
            told = "；".join(line[:60] for line in unknown[:5])
            raise ValidationError(
                _("法律库里没有找到：%(lines)s。请写全法律名称和第几条。") % {"lines": told}
            )
        return found


class PhoneField(forms.CharField):
    """A mobile or landline number in one form (`core.checks.clean_phone`)."""

    def __init__(self, *, attrs: dict[str, str] | None = None, **options: Any) -> None:
        keys = {"type": "tel", "inputmode": "tel", "autocomplete": "tel", **(attrs or {})}
        options.setdefault("widget", forms.TextInput(attrs=keys))
        super().__init__(**options)

    def clean(self, value: Any) -> str:
        if not str(value or "").strip():
            if self.required:
                raise ValidationError(_("请填写电话号码。"), code="required")
            return ""
        return checked(value, clean_phone)


class IdNumberField(forms.CharField):
    """A resident ID number whose check digit holds."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))
        super().__init__(**options)

    def clean(self, value: Any) -> str:
        if not str(value or "").strip():
            if self.required:
                raise ValidationError(_("请填写身份证号码。"), code="required")
            return ""
        return checked(value, clean_id_number)


class NumberField(forms.CharField):
    """A case number as people type it: spaces and dashes go. Whether it exists is not asked here."""

    def __init__(self, **options: Any) -> None:
        keys = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "40"}
        options.setdefault("widget", forms.TextInput(attrs=keys))
        super().__init__(**options)

    def clean(self, value: Any) -> str:
        number = clean_number(value)
        if not number:
            raise ValidationError(_("请填写办件编号。"), code="required")
        return number[:80]


class DayField(forms.DateField):
    """A day, picked or typed in any of the usual ways; an impossible one is said to be so."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        options.setdefault("input_formats", _DAY_FORMATS)
        messages = {
            "required": gettext_lazy("请填写日期。"),
            "invalid": gettext_lazy("没有这一天，请核对日期，例如 2026-11-23。"),
        }
        super().__init__(error_messages=messages, **options)

    def clean(self, value: Any) -> Any:
        try:
            found = super().clean(value)
            if found and not EARLIEST <= found <= LATEST:
                raise ValidationError(gettext_lazy("年份不对，请核对：只能是 1900 年到 2999 年。"))
            return found
        except ValidationError:
            # A date input shows nothing for a day that does not exist; what was typed must stay.
            self.widget.input_type = "text"
            raise


def day_typed(text: str) -> date | None:
    """A day as an address or a bare input has it (2026-11-23); None for nonsense and what is out of reach."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None


class FilesInput(forms.FileInput):
    """Several files under one name."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name, [])


class FilesField(forms.FileField):
    """Any number of files, each of a type we take, no larger than we keep; errors name the file."""

    def __init__(self, *, most: int = 10, **options: Any) -> None:
        options.setdefault("widget", FilesInput(attrs={"accept": ACCEPT}))
        super().__init__(**options)
        self.most = most

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files: Sequence[UploadedFile] = data or []
        if self.required and not files:
            raise ValidationError(_("请选择文件。"), code="required")
        if len(files) > self.most:
            raise ValidationError(
                _("一次最多 %(most)d 个文件。") % {"most": self.most}, code="too_many_files"
            )
        errors = [error for file in files if (error := _wrong_with(file))]
        if errors:
            raise ValidationError(errors)
        return list(files)


def _wrong_with(file: UploadedFile) -> str:
    """Why this file cannot be taken, or ""."""
    most = settings.ATTACHMENT_MAX_BYTES
    name = (file.name or "")[-60:]
    if not file.size:
        return _("“%(name)s”是空文件。") % {"name": name}
    if file.size > most:
        return _("“%(name)s”太大，每个文件最多 %(most)d MB。") % {"name": name, "most": most // 1024**2}
    head = file.read(HEAD_BYTES)
    file.seek(0)
    try:
        sniff(head, file.name or "", file=file.file)
    except Refused as refused:
        return _("“%(name)s”：%(why)s") % {"name": name, "why": said(refused)}
    return ""
