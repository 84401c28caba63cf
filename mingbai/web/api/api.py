"""The API object: routers, problems, the OpenAPI document and its page."""

from ninja import NinjaAPI

from mingbai.web.api import cases, places, problems
from mingbai.web.api.auth import PartnerKey

api = NinjaAPI(
    title="Mingbai 明白",
    version="1.0.0",
    description="公共法律服务：转来办件、查询进度。One matter, one number, one history.",
    auth=PartnerKey(),
    urls_namespace="api",
    docs_url=None,  # our own page: the usual ones need inline scripts, which our CSP forbids
)
problems.register(api)
api.add_router("", cases.router)
api.add_router("", places.router)
