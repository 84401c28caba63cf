"""doctor: says what is wrong and what to do; exit code 0 all well, 1 look at it, 2 act now."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from mingbai.upkeep.doctor import CHECKS, examine, one_line, worst


class Command(BaseCommand):
    help = "体检：哪里不对，该怎么办；退出码 0 正常，1 注意，2 要紧 (what is wrong and what to do)"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = examine(timezone.now())
        if options["json"]:
            told = {
                code: {"level": int(one.level), "says": one.says, "do": one.do}
                for code, one in findings.items()
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            for code, one in findings.items():
                self.stdout.write(f"{one.level.word}  {CHECKS[code][0]}：{one.says}")
                if one.do:
                    self.stdout.write(f"      → {one.do}")
            self.stdout.write(f"结论：{one_line(findings)}")
        sys.exit(worst(findings))
