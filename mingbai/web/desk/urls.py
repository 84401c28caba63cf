"""Addresses of the desk."""

from django.urls import path

from mingbai.web.desk import (
    act,
    case,
    components,
    exchange,
    files,
    groups,
    inbox,
    issued,
    knowledge,
    new,
    prints,
    rights,
    triage,
    wechat,
    work,
)

app_name = "desk"

urlpatterns = [
    path("", work.home, name="home"),
    path("search/", work.search, name="search"),
    path("knowledge/", knowledge.knowledge, name="knowledge"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("new/", new.new, name="new"),
    path("new/known/", new.known, name="known"),
    path("new/alike/", new.alike, name="alike"),
    path("new/useful/", new.useful, name="useful"),
    path("new/proposed/", triage.proposed, name="proposed"),
    path("new/route/", new.route, name="route"),
    path("wechat/", wechat.messages, name="wechat"),
    path("wechat/<int:pk>/take/", wechat.take, name="wechat_take"),
    path("wechat/<int:pk>/settle/", wechat.settle, name="wechat_settle"),
    path("groups/", groups.groups, name="groups"),
    path("guidance/<int:pk>/", groups.answer, name="guidance_answer"),
    path("cases/<int:number>/give/", exchange.give, name="give"),
    path("cases/<int:number>/orders/<int:pk>/", exchange.call_back, name="order_call_back"),
    path("cases/<int:number>/guidance/", groups.ask, name="guidance_ask"),
    path("cases/<int:number>/", case.case, name="case"),
    path("cases/<int:number>/beside/", case.beside, name="beside"),
    path("cases/<int:number>/given/", new.given, name="given"),
    path("cases/<int:number>/print/", prints.receipt, name="print"),
    path("cases/<int:number>/card/", prints.card, name="card"),
    path("cases/<int:number>/files/<int:pk>/", files.file, name="file"),
    path("cases/<int:number>/papers/<int:pk>.<slug:form>", issued.paper, name="paper"),
    path("cases/<int:number>/papers/<int:pk>/void/", issued.void, name="paper_void"),
    path("cases/<int:number>/papers/new/<slug:kind>/", issued.issue, name="paper_issue"),
    path("cases/<int:number>/person/<int:pk>/", rights.rights, name="rights"),
    path("cases/<int:number>/<slug:verb>/", act.act, name="act"),
    path("components/", components.gallery, name="components"),
]
