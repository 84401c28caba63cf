"""What a caller says of themselves in headers: anybody may write anything there."""

from urllib.parse import SplitResult, urlsplit


def parts_of(url: str) -> SplitResult:
    """The parts of an address that somebody sent (Referer, Origin); of one that is none, empty ones."""
    try:
        return urlsplit(url)
    except ValueError:  # "http://[::1"
        return urlsplit("")
