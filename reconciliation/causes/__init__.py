"""Which rules are there? Importing a family's file registers its rules, and `earlier` what they were before."""

from reconciliation.causes import (
    codes,
    duplicates,
    earlier,
    money,
    people,
    presence,
    quantity,
    reading,
    state,
    time,
)
from reconciliation.causes.registry import RULES

FAMILIES = (codes, duplicates, money, people, presence, quantity, reading, state, time)

__all__ = ["FAMILIES", "RULES", "earlier"]
