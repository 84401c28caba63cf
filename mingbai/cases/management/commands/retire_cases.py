"""retire_cases: lists matters whose archive period is over, and destroys those that were appraised."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from mingbai.cases.actions.retention import retire
from mingbai.cases.models import Case
from mingbai.cases.queries.retention import due_to_retire
from mingbai.core.actor import Actor
from mingbai.core.numbers import clean_number
from mingbai.core.refused import Refused


class Command(BaseCommand):
    help = "列出保管期满的办件；鉴定后按清单销毁内容 (lists what is due; destroys what a list names)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--destroy", type=Path, metavar="FILE", help="鉴定后的清单，每行一个编号开头")
        parser.add_argument("--by", default="", help="决定销毁的人")
        parser.add_argument("--reason", default="", help="鉴定文号或理由")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["destroy"] is None:
            return self._list()
        if not options["by"].strip() or not options["reason"].strip():
            raise CommandError("销毁须写明 --by（谁决定）和 --reason（鉴定文号或理由）。")
        self._destroy(options["destroy"], options["by"].strip(), options["reason"])

    def _list(self) -> None:
        """Nothing personal: the appraiser opens the matter itself."""
        for case in due_to_retire(timezone.now()).iterator():
            closed = timezone.localtime(case.closed_at).date()
            self.stdout.write(f"{case.number}\t{closed}\t{case.kind}\t{case.station.name}")

    def _destroy(self, file: Path, by: str, reason: str) -> None:
        actor, refused = Actor("system", "retire_cases", by), 0
        for line in file.read_text().splitlines():
            if not line.strip():
                continue
            number = clean_number(line.split("\t")[0])
            case = Case.objects.filter(number=number).first()
            try:
                if case is None:
                    raise Refused("没有这个编号。", code="not_found")
                retire(case=case, by=actor, reason=reason)
            except Refused as error:
                refused += 1
                self.stderr.write(f"{number}: {error}")
        if refused:
            raise CommandError(f"{refused} 件没有销毁。")
