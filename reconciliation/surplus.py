"""Which rows of a file hold more cells than its header? What stands beyond it was held against nothing."""

from __future__ import annotations

from pathlib import Path

from reconciliation.difference import Difference

SHOWN = 3
CODE = "extra_cells"


def surplus_rows(inputs):
    """One difference about all such rows, or none: the cells before them may stand in the wrong columns, too.

    `inputs` {system: SourceFile}.
    """
    counts = {name: source.counts[CODE] for name, source in inputs.items() if source.counts.get(CODE)}
    if not counts:
        return []
    where = {name: _where(inputs[name]) for name in counts}
    return [Difference("", "unreadable", "row", facts={"rows": counts, "surplus": where}, severity="high")]


def _where(source):
    notes = [note for note in source.notes if note.code == CODE][:SHOWN]
    return {"file": Path(source.given).name, "numbers": [n.row for n in notes], "cells": [n.detail for n in notes]}
