"""make_slips --station CODE | --region CODE: one-time sign-in slips as a page to print."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from mingbai.core.actor import SYSTEM
from mingbai.people import actions
from mingbai.people.models import Worker
from mingbai.people.slips import slips_page
from mingbai.places.models import Region, Station


class Command(BaseCommand):
    help = "Make one-time QR slips for the active workers of a station or a region's subtree."

    def add_arguments(self, parser: ArgumentParser) -> None:
        place = parser.add_mutually_exclusive_group(required=True)
        place.add_argument("--station", metavar="CODE")
        place.add_argument("--region", metavar="CODE")
        parser.add_argument("--out", metavar="FILE", help="write the page there instead of standard output")
        parser.add_argument(
            "--url", default=f"http://{settings.HOST}:{settings.PORT}", help="address of the site"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        workers = self.workers(options["station"], options["region"])
        printed = actions.make_slips(by=SYSTEM, workers=workers)
        page = slips_page(printed, site_url=options["url"], alone=True)
        if options["out"]:
            target = Path(options["out"])
            target.touch(mode=0o600)  # whoever reads the page can sign in
            target.write_text(page)
        else:
            self.stdout.write(page)
        self.stderr.write(f"{len(printed)} 张登录条，{len(workers) - len(printed)} 人不能使用登录条")

    def workers(self, station: str | None, region: str | None) -> QuerySet[Worker]:
        found = (
            Worker.objects.filter(is_active=True).select_related("user", "region", "station").order_by("code")
        )
        if station:
            self._one(Station.objects.filter(code=station))
            return found.filter(station_id=station)
        path = self._one(Region.objects.filter(code=region)).path
        return found.filter(region__path__startswith=path)

    def _one(self, places: QuerySet[Any]) -> Any:
        place = places.first()
        if place is None:
            raise CommandError("没有这个区划或站点")
        return place
