"""Addresses of the village desk."""

from django.urls import path

from mingbai.web.village import home, matter

app_name = "village"

urlpatterns = [
    path("", home.home, name="home"),
    path("matter/", matter.matter, name="matter"),
]
