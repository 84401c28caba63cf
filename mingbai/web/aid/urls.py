"""Addresses of legal aid at the desk; what is done with one matter stands on the matter's own page."""

from django.urls import path

from mingbai.web.aid import lawyers, listing, quality

app_name = "aid"

urlpatterns = [
    path("", listing.home, name="home"),
    path("lawyers/", lawyers.lawyers, name="lawyers"),
    path("lawyers/new/", lawyers.find, name="lawyer_find"),
    path("lawyers/<str:code>/", lawyers.lawyer, name="lawyer"),
    path("quality/", quality.reviews, name="quality"),
    path("quality/draw/", quality.draw, name="quality_draw"),
    path("quality/<int:pk>/", quality.review, name="quality_one"),
    path("quality/<int:pk>/rate/", quality.rate, name="quality_rate"),
    path("quality/<int:pk>/object/", quality.object_to, name="quality_object"),
    path("quality/<int:pk>/judge/", quality.judge, name="quality_judge"),
]
