"""issue_key NAME: a key for a partner's system, alone on the last line of standard output."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.people import actions


class Command(BaseCommand):
    help = "Make a key for a partner (made if it is new); it is shown this once and stored hashed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="code or name of the partner, as 12345")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            partner = actions.make_partner(by=SYSTEM, name=options["name"])
            secret = actions.issue_key(by=SYSTEM, partner=partner)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(secret)
