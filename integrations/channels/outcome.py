"""What became of one attempt to deliver, and what follows from it?"""
from dataclasses import dataclass

RETRY, REFRESH, DEAD = "retry", "refresh", "dead"


@dataclass
class Undelivered(Exception):
    """It did not arrive. `kind`: retry later, refresh the key and retry at once, or dead: it never will."""

    kind: str
    reason: str
    retry_after_s: int | None = None

    def __str__(self):
        return self.reason


def text_of(payload):
    """The sentence in the reader's language; both when the language is not known."""
    if payload.get("language") == "en":
        return payload.get("text_en", "")
    if payload.get("language", "").startswith("zh"):
        return payload.get("text_zh", "")
    return "\n".join(filter(None, (payload.get("text_zh"), payload.get("text_en"))))
