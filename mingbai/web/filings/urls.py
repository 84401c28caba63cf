"""Addresses of what is reported to other systems of record."""

from django.urls import path

from mingbai.web.filings import codes, pages

app_name = "filings"

urlpatterns = [
    path("", pages.home, name="home"),
    path("<slug:system>/", pages.system, name="system"),
    path("<slug:system>/fields/<slug:code>/", pages.field, name="field"),
    path("<slug:system>/codes/<slug:code>/", codes.codes, name="codes"),
    path("<slug:system>/out/", pages.take_out, name="out"),
    path("<slug:system>/in/", pages.bring_in, name="in"),
    path("<slug:system>/cases/<str:number>/", pages.record, name="record"),
    path("<slug:system>/cases/<str:number>/sent/", pages.mark_sent, name="sent"),
]
