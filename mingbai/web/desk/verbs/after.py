"""After the end: return calls, appeals, what others may learn from it; doubles, merged and taken apart."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingbai.cases.actions import doubles, ratings
from mingbai.cases.enums import AppealState, MessageKind, State
from mingbai.cases.kinds import KINDS
from mingbai.cases.models import Case
from mingbai.cases.perms import can_appeal, can_call_back, can_decide_appeal, can_merge
from mingbai.core.numbers import is_number
from mingbai.core.refused import Refused
from mingbai.knowledge.actions import propose_answer
from mingbai.knowledge.actions.answers import MOST
from mingbai.knowledge.perms import can_propose_answer
from mingbai.knowledge.queries import cited_articles
from mingbai.knowledge.rules.masking import masked
from mingbai.places.enums import Line
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.verbs.verb import Doing, Verb, VerbForm
from mingbai.web.desk.verbs.work import ReasonForm
from mingbai.web.forms import ArticlesField, NumberField, WordsField

YES_NO = [("yes", _("满意了")), ("no", _("还是不满意"))]


class CallBackForm(VerbForm):
    happy = forms.ChoiceField(
        label=_("回访之后，群众"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        help_text=_("还是不满意的，转为重办。"),
    )
    text = WordsField(label=_("群众怎么说"), most=2000, rows=3)


class DecideAppealForm(VerbForm):
    decision = forms.ChoiceField(
        label=_("处理结果"),
        choices=[("strike", _("评错了，剔除这个评价")), ("keep", _("维持评价"))],
        widget=forms.RadioSelect,
    )
    answer = WordsField(label=_("意见"), most=500, rows=3)


class MergeForm(ReasonForm):
    into = NumberField(label=_("并入哪个办件"), help_text=_("填那一件的编号。并单随时可以拆开。"))
    field_order = ("into", "reason")


class ProposeForm(VerbForm):
    """Filled from the matter, without the names of its people; whoever proposes reads it once more."""

    question = WordsField(label=_("问题"), most=MOST["question"], rows=4)
    answer = WordsField(
        label=_("答复"), most=MOST["answer"], rows=8, help_text=_("再看一遍：不留姓名、电话、住址。")
    )

    articles = ArticlesField(label=_("依据哪几条"))

    def prepare(self) -> None:
        names = names_of(self.dossier)
        found, _unknown = cited_articles(laws_of(self.dossier), on=timezone.localdate())
        self.fields["articles"].initial = "\n".join(article.ref for article in found)
        self.fields["question"].initial = masked(self.case.text, names)
        self.fields["answer"].initial = masked("\n\n".join(answers_of(self.dossier)), names)


def names_of(dossier: Dossier) -> list[str]:
    return [person.name for person in dossier.people if person.name]


def answers_of(dossier: Dossier) -> list[str]:
    """What was answered in this matter."""
    return [said.text for said in dossier.messages if said.kind == MessageKind.ANSWER and said.is_public]


def laws_of(dossier: Dossier) -> list[str]:
    """What the answers of this matter were said to rest on, as it was typed."""
    return [
        law
        for said in dossier.messages
        if said.kind == MessageKind.ANSWER and said.is_public
        for law in said.laws
    ]


def _propose(doing: Doing) -> Any:
    case = doing.case
    return propose_answer(
        by=doing.by,
        question=doing.data["question"],
        answer=doing.data["answer"],
        articles=doing.data["articles"],
        line=KINDS.get(case.kind).line or Line.CONSULTATION,
        case_ref=case.number,
        names=names_of(doing.dossier),
        is_confidential=case.is_confidential,
    )


def _merge(doing: Doing) -> Any:
    """The other matter is one that the user may see; anything else is told as not found, whatever it is."""
    user, number = doing.dossier.here.user, doing.data["into"]
    into = Case.objects.visible_to(user).filter(number=number).first() if is_number(number) else None
    if into is None:
        raise Refused(_("没有找到这个编号，请核对。"), code="unknown_number", field="into")
    return doubles.merge_cases(case=doing.case, into=into, by=doing.by, reason=doing.data["reason"])


def _call_back(doing: Doing) -> Any:
    data = doing.data
    return ratings.call_back(case=doing.case, by=doing.by, happy=data["happy"] == "yes", text=data["text"])


def _appeal(doing: Doing) -> Any:
    return ratings.appeal(rating=doing.dossier.rating, by=doing.by, reason=doing.data["reason"])  # type: ignore[arg-type]


def _decide_appeal(doing: Doing) -> Any:
    data = doing.data
    return ratings.decide_appeal(
        rating=doing.dossier.rating,  # type: ignore[arg-type]
        by=doing.by,
        struck=data["decision"] == "strike",
        answer=data["answer"],
    )


def owes_call_back(dossier: Dossier) -> bool:
    rating = dossier.rating
    return rating is not None and rating.is_bad and rating.called_back_at is None


def _appealable(dossier: Dossier) -> bool:
    return dossier.rating is not None and dossier.rating.is_bad and dossier.rating.appeal == AppealState.NONE


def _decides_appeal(dossier: Dossier) -> bool:
    return dossier.rating is not None and can_decide_appeal(dossier.here.user, dossier.rating)


def _appealed(dossier: Dossier) -> bool:
    return dossier.rating is not None and dossier.rating.appeal == AppealState.ASKED


VERBS = (
    Verb(
        "call_back",
        _("回访"),
        "phone-call",
        _("给了差评的群众都要回访，不由承办人自己回访。"),
        _call_back,
        lambda dossier: can_call_back(dossier.here.user, dossier.case),
        CallBackForm,
        fits=owes_call_back,
        done=_("已记下回访。"),
    ),
    Verb(
        "appeal",
        _("申诉评价"),
        "flag",
        _("群众评错了对象或评错了分，由监督人员判断。"),
        _appeal,
        lambda dossier: dossier.rating is not None and can_appeal(dossier.here.user, dossier.rating),
        ReasonForm,
        fits=_appealable,
        done=_("已提交申诉。"),
    ),
    Verb(
        "decide_appeal",
        _("处理评价申诉"),
        "gavel",
        _("剔除的评价不再计入满意率，但仍留在经过里。"),
        _decide_appeal,
        _decides_appeal,
        DecideAppealForm,
        fits=_appealed,
        done=_("已处理申诉。"),
    ),
    Verb(
        "propose_answer",
        _("提为问答"),
        "message-2-question",
        _("去掉姓名、电话，请律师审核；审核过的，以后谁问都能查到。"),
        _propose,
        lambda dossier: can_propose_answer(dossier.here.user),
        ProposeForm,
        fits=lambda dossier: bool(answers_of(dossier)) and not dossier.case.is_confidential,
        done=_("已提出，等律师审核。"),
        why_not=_("还没有答复，或者群众要求保密：没有可以提出的。"),
    ),
    Verb(
        "merge",
        _("并单"),
        "link",
        _("同一个人同一件事，并到另一件里办；这个编号仍能查到结果。"),
        _merge,
        lambda dossier: can_merge(dossier.here.user, dossier.case),
        MergeForm,
        state="merge",
        fits=lambda dossier: dossier.offer is None,
        done=_("已并单。"),
    ),
    Verb(
        "unmerge",
        _("拆开并单"),
        "unlink",
        _("原来的编号恢复办理。"),
        lambda d: doubles.unmerge_case(case=d.case, by=d.by, reason=d.data["reason"]),
        lambda dossier: can_merge(dossier.here.user, dossier.case),
        ReasonForm,
        fits=lambda dossier: dossier.case.state == State.MERGED,
        done=_("已拆开，恢复办理。"),
    ),
)
