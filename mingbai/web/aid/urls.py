"""Addresses of legal aid at the desk; what is done with one matter stands on the matter's own page."""

from django.urls import path

from mingbai.web.aid import lawyers, listing

app_name = "aid"

urlpatterns = [
    path("", listing.home, name="home"),
    path("lawyers/", lawyers.lawyers, name="lawyers"),
    path("lawyers/new/", lawyers.find, name="lawyer_find"),
    path("lawyers/<str:code>/", lawyers.lawyer, name="lawyer"),
]
