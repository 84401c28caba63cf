"""Addresses of oversight: villages and what they got, supervision of late matters, reviews of stations."""

from django.urls import path

from mingbai.web.oversight import photos, standards, stations, supervision, trips, villages

app_name = "oversight"

urlpatterns = [
    path("", villages.villages, name="villages"),
    path("villages/trip/", trips.new, name="trip_new"),
    path("villages/trip/<int:pk>/strike/", trips.strike, name="trip_strike"),
    path("villages/<str:code>/", villages.village, name="village"),
    path("villages/<str:code>/class/", villages.village_class, name="village_class"),
    path("villages/<str:code>/adviser/", villages.adviser_new, name="adviser_new"),
    path("villages/adviser/<int:pk>/end/", villages.adviser_end, name="adviser_end"),
    path("savvy/<str:code>/teach/", villages.teach, name="teach"),
    path("supervision/", supervision.listing, name="supervisions"),
    path("supervision/<int:pk>/", supervision.page, name="supervision"),
    path("supervision/<int:pk>/answer/", supervision.answer, name="answer"),
    path("supervision/<int:pk>/return/", supervision.send_back, name="send_back"),
    path("supervision/<int:pk>/close/", supervision.close, name="close"),
    path("supervision/start/<str:number>/", supervision.start, name="supervise"),
    path("standards/", standards.listing, name="standards"),
    path("standards/<int:pk>/", standards.page, name="standard"),
    path("standards/<int:pk>/replace/", standards.replace, name="standard_replace"),
    path("stations/", stations.ranking, name="stations"),
    path("stations/begin/", stations.begin, name="begin"),
    path("stations/<int:pk>/", stations.page, name="review"),
    path("stations/<int:pk>/points/", stations.points, name="points"),
    path("stations/<int:pk>/photos/", photos.photos, name="photos"),
    path("stations/<int:pk>/photos/<int:photo>/", photos.photo, name="photo"),
    path("stations/<int:pk>/photos/<int:photo>/drop/", photos.drop, name="photo_drop"),
    path("stations/<int:pk>/appeal/", stations.appeal, name="appeal"),
    path("stations/<int:pk>/judge/", stations.judge, name="judge"),
    path("stations/<int:pk>/model/", stations.model, name="model"),
]
