"""`demo`: founds the demo city of Fushun once and prints its sign-ins; refuses a database with real data."""

import random
import time
from pathlib import Path
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from mingbai.cases.models import Case
from mingbai.journal.actions import write
from mingbai.journal.models import Entry
from mingbai.knowledge.actions import start_content
from mingbai.notices.actions import cancel_queued
from mingbai.people.models import User, Worker
from mingbai.people.roles import ROLES
from mingbai.places.actions.founding import found_city
from mingbai.places.models import Region
from mingbai.places.rules.divisions import read_divisions
from mingbai.web.demo import city, door, line, matters, net, pay, service_days

DIVISIONS = Path(city.__file__).parents[2] / "places" / "data" / "fushun_divisions.csv"
SEED = 20190105


class Command(BaseCommand):
    help = "建立演示城市抚顺（只在空库里），并打印各角色的登录名；--code 用户名 打印当前的动态码。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--code", metavar="USERNAME", help="print the authenticator code of this moment")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["code"]:
            self.stdout.write(_code(options["code"]))
            return
        call_command("migrate", verbosity=0, interactive=False)
        if not _is_demo():
            if _has_data():
                raise CommandError("数据库里已有真实数据，演示城市只能建在空库里。没有写入任何内容。")
            with transaction.atomic():  # a demo that was cut off in the middle leaves nothing behind
                self._found()
        self._print()

    def _found(self) -> None:
        rng = random.Random(SEED)  # noqa: S311  deterministic on purpose
        self._say("建立区划和站点 …")
        found_city(
            by=city.DEMO,
            divisions=read_divisions(DIVISIONS.read_text(encoding="utf-8")),
            source=DIVISIONS.name,
        )
        self._say("登记人员 …")
        city.furnish(rng)
        start_content(
            by=city.DEMO,
            region=Region.objects.get(code=settings.CITY_CODE),
            reviewer=city.user_of("aid"),
            owner=city.user_of("supervisor"),
        )
        self._say("办理几周的事项 …")
        count = matters.live(rng)
        self._say("登记需求，排服务日 …")
        service_days.live(rng)
        self._say("接待来访，排号，接受预约 …")
        door.live(rng)
        self._say("接四周电话，质检 …")
        line.live(rng)
        pay.live()
        self._say("微信来信，12345 转单 …")
        net.live(rng)
        cancel_queued(by=city.DEMO)  # some weeks of messages must not go out now
        write(chain="demo", verb="demo.founded", by=city.DEMO, data={"cases": count})

    def _say(self, text: str) -> None:
        self.stderr.write(text)

    def _print(self) -> None:
        self.stdout.write(f"\n演示登录（密码都是 {city.password()}，解锁码 {city.PIN}）：")
        for seat in city.SEATS:
            second = "，需要动态码" if ROLES[seat.role].second_factor else ""
            name = User.objects.get(username=seat.username).name
            self.stdout.write(f"  {seat.username:<11}{seat.role.label}（{name}）{second}")
        self.stdout.write("动态码：.venv/bin/python manage.py demo --code supervisor\n")


def _is_demo() -> bool:
    return Entry.objects.filter(chain="demo").exists()


def _has_data() -> bool:
    return any(model.objects.exists() for model in (Region, Case, Worker, User))


def _code(username: str) -> str:
    """What the authenticator of this demo user would show now."""
    if not _is_demo():
        raise CommandError("这不是演示数据库。")
    counter = int(time.time()) // app_settings.TOTP_PERIOD
    return format_hotp_value(hotp_value(city.totp_secret(username), counter))
