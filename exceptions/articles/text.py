"""How is an article of the first day written: what it means, how to check, how to mend, who does it?"""

from typing import NamedTuple

HEADS = {
    "en": ("**What it means.** ", "**How to check**", "**How to mend**", "**Who:** "),
    "zh": ("**含义：**", "**如何核查**", "**如何处理**", "**由谁处理：**"),
}


class Text(NamedTuple):
    """One language of an article; `check` and `mend` are the steps in their order."""

    title: str
    means: str
    check: tuple
    mend: tuple
    who: str


def markdown(text, language):
    """The article's body as Markdown."""
    means, check, mend, who = HEADS[language]
    return "\n\n".join(
        [means + text.means, check + "\n" + _steps(text.check), mend + "\n" + _steps(text.mend), who + text.who]
    )


def _steps(steps):
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))
