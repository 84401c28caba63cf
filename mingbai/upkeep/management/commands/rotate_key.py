"""rotate_key: exchanges the master key while the house works; without options it says where that stands."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.upkeep.actions import rotating
from mingbai.upkeep.queries import standing
from mingbai.upkeep.rewrapping import Tally


class Command(BaseCommand):
    help = "运行中更换主密钥：--begin 换上并逐步改写，一天后 --finish 收尾 (exchanges the master key)"

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--prepare", action="store_true", help="只生成下一把（多台机器时先分发）")
        what.add_argument("--begin", action="store_true", help="启用新密钥并改写；被打断了再运行一次")
        what.add_argument("--finish", action="store_true", help="一天以后：核对一遍，丢掉旧密钥")
        parser.add_argument("--now", action="store_true", help="和 --finish 一起：不等一天")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            damaged = self._do(options)
        except Refused as refused:
            raise CommandError(f"{refused.reason}{refused.do}") from refused
        for row in damaged[:20]:
            self.stderr.write(f"打不开（换钥以前就坏了）：{row}")
        self._say()

    def _do(self, options: dict[str, Any]) -> list[str]:
        if options["prepare"]:
            rotating.prepare(by=SYSTEM)
        if options["begin"]:
            return rotating.rotate(by=SYSTEM, progress=self._progress)
        if options["finish"]:
            return rotating.finish(
                by=SYSTEM, now=timezone.now(), at_once=options["now"], progress=self._progress
            )
        return []

    def _progress(self, name: str, tally: Tally) -> None:
        if tally.changed:
            self.stdout.write(f"{name}: {tally.changed}/{tally.seen}")

    def _say(self) -> None:
        at = standing()
        self.stdout.write(f"正在用的主密钥：指纹 {at.writing[:8]}")
        if at.coming:
            self.stdout.write(
                f"已备好的下一把：指纹 {at.coming[0][:8]}。把 key 和 key.others 复制到每台机器，"
            )
            self.stdout.write("再在一台上 rotate_key --begin。")
        if at.reading:
            self.stdout.write(f"还在读的旧密钥：{'、'.join(one[:8] for one in at.reading)}；打印新密钥单，")
            self.stdout.write("重启一次服务，一天以后 rotate_key --finish。旧密钥单留到旧备份都轮换掉。")
