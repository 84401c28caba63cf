"""How a paper's number (文号) and its date read."""

from datetime import date


def number_text(year: int, word: str, series: str, number: int) -> str:
    """（2026）抚法援决字第12号; `word` is the office's, `series` the paper's."""
    return f"（{year}）{word}{series}字第{number}号"


def office_word(region_name: str) -> str:
    """What an office is called in numbers until it says otherwise: 抚顺市 → 抚, 新抚区 → 新抚, 清原… → 清."""
    name = region_name.removesuffix("自治县")
    for tail in ("市", "区", "县"):
        name = name.removesuffix(tail) if len(name) > 2 else name
    if region_name.endswith("区"):
        return name
    return name[:1]


def day_text(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
