"""What is one hit of the global search?"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Hit:
    """`kind` groups hits, `title` and `text` are shown, `link` leads there; `is_exact` when the whole term fits."""

    kind: str
    title: str
    text: str
    link: str
    icon: str = "search"
    is_exact: bool = False
