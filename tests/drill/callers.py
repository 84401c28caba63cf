"""Partners that hand matters over and, without an answer, send the same again until they have one."""

import threading
import time

import httpx

FOUND = """
from tests.cases.factories import PHONE, VILLAGE, make_city
from mingbai.people import actions
from mingbai.core.actor import SYSTEM
city = make_city()
print(actions.issue_key(by=SYSTEM, partner=city.partner))
"""
SOURCE = "partner:hotline12345"


class Callers:
    """`given`: number by key; `at`: when each was given; `refused`: every answer that was no number."""

    def __init__(self, url, key, count=3, pause=0.0):
        self.url, self.key, self.pause = f"{url}/api/v1/cases", key, pause
        self.given, self.refused, self.at = {}, [], []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.call, args=(n,)) for n in range(count)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(30)

    def call(self, caller):
        for n in range(10**9):
            if self.stopping.wait(self.pause):
                return
            self.hand_over(f"{caller}-{n}")

    def hand_over(self, key):
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": key}
        body = {
            "kind": "consultation",
            "text": f"诉求 {key}",
            "region": "210402001001",
            "phone": "13812345678",
        }
        while not self.stopping.is_set():
            try:
                answer = httpx.post(self.url, json=body, headers=headers, timeout=10)
            except httpx.HTTPError:
                time.sleep(0.1)
                continue
            if answer.status_code in (200, 201):
                self.given[key] = answer.json()["number"]
                self.at.append(time.monotonic())
                return
            self.refused.append(f"{answer.status_code} {answer.text[:200]}")
            time.sleep(0.2)

    def longest_silence(self, since):
        """Seconds between two numbers given, the longest after a moment: how long nobody could write."""
        moments = [since, *(at for at in sorted(self.at) if at > since)]
        return max((after - before for before, after in zip(moments, moments[1:], strict=False)), default=0.0)
