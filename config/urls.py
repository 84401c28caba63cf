"""Where each face begins."""

from django.urls import include, path
from django.views.i18n import set_language

from mingbai.web.api.api import api
from mingbai.web.api.docs import docs
from mingbai.web.api.hooks import hook
from mingbai.web.api.problems import nothing_here

urlpatterns = [
    path("", include("mingbai.web.public.urls")),
    path("wechat/", include("mingbai.web.wechat.urls")),
    path("kiosk/", include("mingbai.web.kiosk.urls")),
    path("kept/", include("mingbai.web.phone.urls")),
    path("desk/village/", include("mingbai.web.village.urls")),
    path("desk/days/", include("mingbai.web.days.urls")),
    path("desk/aid/", include("mingbai.web.aid.urls")),
    path("desk/mediation/", include("mingbai.web.mediation.urls")),
    path("desk/pay/", include("mingbai.web.pay.urls")),
    path("desk/filings/", include("mingbai.web.filings.urls")),
    path("screen/", include("mingbai.web.screen.urls")),
    path("desk/door/", include("mingbai.web.door.urls")),
    path("desk/oversight/", include("mingbai.web.oversight.urls")),
    path("seat/", include("mingbai.web.seat.urls")),
    path("desk/", include("mingbai.web.desk.urls")),
    path("board/", include("mingbai.web.board.urls")),
    path("manage/", include("mingbai.web.manage.urls")),
    path("api/v1/docs", docs, name="api_docs"),
    path("api/v1/hooks/<slug:code>/", hook, name="api_hook"),
    path("api/v1/", api.urls),
    path("api/v1/<path:rest>", nothing_here),
    path("accounts/", include("mingbai.web.auth.urls")),
    path("language/", set_language, name="set_language"),
]

handler400 = "mingbai.web.public.errors.bad_request"

handler429 = "mingbai.web.auth.views.too_many"  # asked by allauth
