"""Addresses of what waits on a phone."""

from django.urls import path

from mingbai.web.phone import views

app_name = "phone"

urlpatterns = [
    path("token/", views.token, name="token"),
    path("send/", views.send, name="send"),
    path("unbox/", views.unbox, name="unbox"),
    path("worker.js", views.worker, name="worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
]
