"""The verbs of an agreement: written or registered, changed until somebody signs, signed and sealed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingbai.mediation import actions
from mingbai.mediation.enums import Form, Mark, Role, Unfit
from mingbai.mediation.rules.agreement import AgreementTerms, TermTerms
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.verbs.mediation import at_stage, leads, with_values
from mingbai.web.desk.verbs.verb import Doing, Verb, VerbForm
from mingbai.web.forms import DayField, WordsField

ROWS = 4
"""How many things to be done a form asks for; more stand in one row, or in the content."""


class OralForm(VerbForm):
    content = WordsField(
        label=_("谈妥了什么"), most=10_000, rows=5, help_text=_("登记之后就有效。要书面协议的，用“写协议”。")
    )
    amount = forms.DecimalField(
        label=_("涉及金额（元）"), min_value=0, max_digits=12, decimal_places=2, required=False
    )

    def prepare(self) -> None:
        """Rows for what is to be done: what, who, until when."""
        if self.dossier.mediation is None:
            return
        everybody = [("", _("各方")), *_party_choices(self.dossier)]
        for number in range(1, ROWS + 1):
            self.fields[f"what_{number}"] = WordsField(
                label=_("第 %(n)d 项做什么、怎么做") % {"n": number}, most=1000, required=False
            )
            self.fields[f"who_{number}"] = forms.TypedChoiceField(
                label=_("第 %(n)d 项谁来做") % {"n": number},
                choices=everybody,
                required=False,
                coerce=int,
                empty_value=None,
            )
            self.fields[f"due_{number}"] = DayField(
                label=_("第 %(n)d 项最晚哪天") % {"n": number}, required=False
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for number in range(1, ROWS + 1):
            if data.get(f"due_{number}") and not data.get(f"what_{number}"):
                self.add_error(f"what_{number}", _("写了日期，也要写做什么。"))
        return data


def _party_choices(dossier: Dossier) -> list[tuple[str, str]]:
    assert dossier.mediation is not None
    folder = dossier.mediation
    return [(str(party.pk), folder.name_of(party.pk)) for party in folder.present]


class DraftForm(OralForm):
    facts = WordsField(label=_("主要事实、争议事项"), most=10_000, rows=4, required=False)
    duty = WordsField(label=_("各方当事人的责任"), most=10_000, rows=3, required=False)
    unfit = forms.MultipleChoiceField(
        label=_("协议里有没有法院不予确认的内容"),
        choices=Unfit.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("有的，不能申请司法确认。"),
    )
    field_order = ["facts", "duty", "content"]

    def prepare(self) -> None:
        super().prepare()
        self.fields["content"].label = _("协议内容")
        self.fields["content"].help_text = _(
            "《人民调解法》第二十九条写的内容缺了会提示，不拦着：当事人、主要事实、责任、内容、履行的方式和期限。"
        )


class RedraftForm(DraftForm):
    """What was written before stands in it."""

    def prepare(self) -> None:
        super().prepare()
        draft = self.dossier.mediation.draft if self.dossier.mediation else None
        if draft is None:
            return
        told = {name: getattr(draft, name) for name in ("facts", "duty", "content", "amount", "unfit")}
        for number, term in enumerate(self.dossier.mediation.terms[:ROWS], 1):  # type: ignore[union-attr]
            told |= {f"what_{number}": term.text, f"who_{number}": term.who_id, f"due_{number}": term.due_on}
        self.initial = {**told, **self.initial}


class BackForm(VerbForm):
    reason = WordsField(label=_("为什么"), most=1000, rows=2)


class SignForm(VerbForm):
    """Everybody who has not signed, one at a time; the seal last or whenever it is set."""

    who = forms.ChoiceField(label=_("谁签"), widget=forms.RadioSelect)
    mark = forms.ChoiceField(label=_("怎样签的"), widget=forms.RadioSelect)

    def prepare(self) -> None:
        draft = self.dossier.mediation.draft if self.dossier.mediation else None
        if draft is None:
            return
        self.fields["who"].choices = _to_sign(self.dossier)  # type: ignore[attr-defined]
        marks = [choice for choice in Mark.choices if choice[0] != Mark.ELECTRONIC or not draft.on_paper]
        self.fields["mark"].choices = marks  # type: ignore[attr-defined]
        if draft.on_paper:
            self.fields["mark"].help_text = _(
                "婚姻、收养、继承这类协议，法律不认电子签名，要打印出来当面签。"
            )


def _to_sign(dossier: Dossier) -> list[tuple[str, Any]]:
    assert dossier.mediation is not None
    folder, signed = dossier.mediation, dossier.mediation.signatures
    parties = {one.party_id for one in signed}
    workers = {one.worker_id for one in signed}
    choices: list[tuple[str, Any]] = [
        (f"party-{pk}", name) for pk, name in _party_choices(dossier) if int(pk) not in parties
    ]
    for one in folder.active:
        if one.worker_id not in workers:
            choices.append((f"mediator-{one.worker_id}", _("调解员 %(name)s") % {"name": one.worker.name}))
    if not any(one.role == Role.SEAL for one in signed):
        choices.append(("seal", _("调委会印章")))
    return choices


def _words(action: Any, form: str) -> Any:
    """The action with an agreement's words as they were typed."""

    def run(doing: Doing) -> Any:
        data = doing.data
        terms = AgreementTerms(
            form=form,
            content=data["content"],
            facts=data.get("facts", ""),
            duty=data.get("duty", ""),
            terms=_terms(data),
            amount=data["amount"],
            unfit=tuple(data.get("unfit", ())),
        )
        return action(case=doing.case, by=doing.by, terms=terms)

    return run


def _terms(data: dict[str, Any]) -> tuple[TermTerms, ...]:
    return tuple(
        TermTerms(data[f"what_{n}"], data[f"who_{n}"], data[f"due_{n}"])
        for n in range(1, ROWS + 1)
        if data.get(f"what_{n}")
    )


def _sign(doing: Doing) -> Any:
    kind, _dash, pk = doing.data["who"].partition("-")
    if kind == "seal":
        return actions.seal(case=doing.case, by=doing.by)
    party, mediator = (int(pk), None) if kind == "party" else (None, int(pk))
    mark = doing.data["mark"]
    return actions.sign(case=doing.case, by=doing.by, mark=mark, party=party, mediator=mediator)


def _has_draft(dossier: Dossier) -> bool:
    return dossier.mediation is not None and dossier.mediation.draft is not None


def _is_unsigned(dossier: Dossier) -> bool:
    return _has_draft(dossier) and not (dossier.mediation and dossier.mediation.signatures)


VERBS = (
    Verb(
        "med_draft",
        _("写协议"),
        "file-text",
        _("谈妥了，写成书面协议，再请各方签字。"),
        _words(actions.draft, Form.WRITTEN),
        leads,
        DraftForm,
        fits=at_stage("draft"),
        done=_("已写成，请各方签字盖章。"),
    ),
    Verb(
        "med_oral",
        _("登记口头协议"),
        "message",
        _("小事谈妥了，各方不要书面的：登记下来就有效。"),
        _words(actions.agree_orally, Form.ORAL),
        leads,
        OralForm,
        fits=at_stage("agree"),
        done=_("已登记，协议有效。"),
    ),
    Verb(
        "med_redraft",
        _("修改协议"),
        "edit",
        _("有人签字以前可以改；签了就不能改。"),
        _words(actions.redraft, Form.WRITTEN),
        leads,
        RedraftForm,
        fits=_is_unsigned,
        done=_("已修改。"),
        why_not=_("已经有人签字，协议不能再改。要改，先点“协议没有签成”。"),
    ),
    Verb(
        "med_sign",
        _("登记签字盖章"),
        "rubber-stamp",
        _("打印出来，各方看过再签。当事人、调解员都签了，盖上调委会的章，协议才生效。"),
        _sign,
        leads,
        SignForm,
        fits=_has_draft,
        done=_("已登记。"),
    ),
    Verb(
        "med_back",
        _("协议没有签成"),
        "arrow-back-up",
        _("有人不签，或者要改内容：这一份作废，接着调解。"),
        with_values(actions.reconsider, "reason"),
        leads,
        BackForm,
        fits=at_stage("reconsider"),
        done=_("已作废，接着调解。"),
    ),
)
