"""Hands at a desk: what they press and how long that takes by the keystroke-level model.

Card, Moran, Newell, "The keystroke-level model for user performance time with interactive systems", CACM 23
(1980): a key 0.28 s (somebody who types 40 words a minute), a pointer move 1.10 s, a press of its button
0.10 s, a hand from keys to pointer or back 0.40 s, a moment of thought before each thing 1.35 s. Chinese is
typed by its pinyin: every letter, and one key that chooses the word, for every two characters.
"""

import re

from playwright.sync_api import Page
from pypinyin import lazy_pinyin

KEY, POINT, BUTTON, HAND, THOUGHT = 0.28, 1.10, 0.10, 0.40, 1.35
_CHINESE = re.compile(r"[一-鿿]+")


def keys_of(text: str) -> int:
    """How many keys this text is."""
    keys = 0
    for run in _CHINESE.findall(text):
        keys += sum(len(syllable) for syllable in lazy_pinyin(run)) + (len(run) + 1) // 2
    return keys + len(_CHINESE.sub("", text))


class Hands:
    """Of a clerk who fills in a page; every field costs a thought."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys, self.points, self.seconds = page, 0, 0, 0.0
        self._on_keys = False

    def _reach(self, *, keys: bool) -> None:
        self.seconds += THOUGHT + (HAND if keys != self._on_keys else 0)
        self._on_keys = keys

    def _press(self, count: int) -> None:
        self.keys += count
        self.seconds += KEY * count

    def _point(self) -> None:
        self.points += 1
        self.seconds += POINT + BUTTON

    def types(self, selector: str, text: str) -> None:
        """Into a field that is reached by pointing, or by Tab where the hands are on the keys."""
        field = self.page.locator(selector).first
        if self._on_keys and self._tab_reaches(selector):
            self._reach(keys=True)
        else:
            self._reach(keys=False)
            self._point()
            field.click()
            self.seconds += HAND
            self._on_keys = True
        field.fill(text)
        field.dispatch_event("input")
        self._press(keys_of(text))

    def _tab_reaches(self, selector: str) -> bool:
        """Whether the next Tab stands there; that key is pressed and counted."""
        self.page.keyboard.press("Tab")
        self._press(1)
        return bool(
            self.page.evaluate("one => document.querySelector(one) === document.activeElement", selector)
        )

    def picks(self, selector: str, value: str) -> None:
        """Of a select: opened, and its line pressed."""
        self._reach(keys=False)
        self._point()
        self._point()
        self.page.select_option(selector, value)

    def presses(self, selector: str) -> None:
        """A box, a fold, a button."""
        self._reach(keys=False)
        self._point()
        self.page.locator(selector).first.click()
