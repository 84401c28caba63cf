"""wechat_menu: gives the official account its menu (ask, follow, find a station)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mingbai.integrations.wechat.client import set_menu
from mingbai.notices.transports import Later, Undeliverable, Unsure


class Command(BaseCommand):
    help = "设置公众号菜单 (sets the menu of the official account)"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.WECHAT_APP_ID:
            raise CommandError("没有设置 WECHAT_APP_ID。")
        try:
            set_menu()
        except (OSError, Undeliverable, Later, Unsure) as error:
            raise CommandError(f"菜单没有设成：{error}") from error
        self.stdout.write("菜单已设置。")
