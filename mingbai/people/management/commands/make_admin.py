"""make_admin USERNAME NAME --role ROLE: a city's first administrators, whom nobody there can make yet."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.people import actions
from mingbai.people.roles import ADMINS
from mingbai.places.models import Region


class Command(BaseCommand):
    help = "建立第一批管理员（系统、安全、审计三员须由不同的人担任）；最后一行是初始密码，首次登录须更换。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="小写字母、数字、点、横线")
        parser.add_argument("name", help="姓名")
        parser.add_argument("--role", required=True, choices=sorted(ADMINS))
        parser.add_argument("--region", default="", metavar="CODE", help="默认是本市（CITY_CODE）")

    def handle(self, *args: Any, username: str, name: str, role: str, region: str, **options: Any) -> None:
        code = region or settings.CITY_CODE
        place = Region.objects.filter(code=code).first()
        if place is None:
            raise CommandError(f"没有区划 {code}：请先 found_city，或检查 CITY_CODE。")
        try:
            with transaction.atomic():
                user = actions.make_user(by=SYSTEM, username=username, name=name)
                actions.grant(by=SYSTEM, user=user, role=role, region=place)
                # A readable password, as the administrator of users gives: to be changed first.
                _user, password = actions.reset_password(by=SYSTEM, user=user)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(password)
