"""Do a path's due dates fit between an order and its promise, and which dates are fair where they do not?

Pure: instants are int microseconds since 1970 (UTC), spans int microseconds.

What counts from the order and has slack (a deadline) must be over before what counts back from the promise begins. A
budget is time that a step needs. Where budgets and the steps before the promise together need more than there is,
every step gets the same share less: dates stay in order, none lies before the order, and delivery stays as promised.
"""
from dataclasses import dataclass, field

from sla.path_nodes import BUDGET, ORDERED, PROMISED, anchor_node

# Money may move before or after the goods, so it neither waits for them nor holds them up.
MONEY_FACTS = frozenset({"invoiced", "paid"})


@dataclass(frozen=True, slots=True)
class Fit:
    """`dates` {code: due}, `usual` what they would be with time enough, both in order.

    `short`: working µs that the promise lacks, found at the node `at`; 0 and "" where the path fits.
    """

    dates: dict = field(default_factory=dict)
    usual: dict = field(default_factory=dict)
    short: int = 0
    at: str = ""


def fit(nodes, plans, ordered, promised, reaches):
    """The Fit of `plans` {code: due or None}; nodes that hang on what really happened keep their dates.

    What is missing is counted by the hours of the node at which it is missing.
    """
    ends = [(node, root_of(node, nodes), plans[node.code]) for node in sorted(nodes, key=lambda one: one.sequence)]
    known = {node.code: due for node, _root, due in ends}
    path = [one for one in ends if one[1] and one[2] is not None and one[0].fact not in MONEY_FACTS]
    if ordered is None or promised is None:
        return Fit(known, known)
    need, begins, runs_until, at = _need(path, ordered, promised)
    usual = known | _in_order(path, lambda _root, due: due)
    window = promised - ordered
    if need <= window:
        return Fit(usual, usual)
    room = max(window, 0)

    def squeezed(root, due):
        if root == ORDERED:
            return ordered + (due - ordered) * room // need
        return max(promised - (promised - due) * room // need, ordered) if due <= promised else due

    dates = known | _in_order(path, squeezed)
    return Fit(dates, usual, reaches[at].between(begins, runs_until), at)


def root_of(node, nodes):
    """ORDERED or PROMISED, whichever the node's date counts from; "" where it waits for something to happen."""
    by_code = {one.code: one for one in nodes}
    while (anchor := anchor_node(node)) is not None:
        code, which = anchor
        if which == "actual":
            return ""
        node = by_code[code]
    return node.anchor


def _need(path, ordered, promised):
    """(need, from, until, code): the longest way from the order through a budget to a step before the promise.

    `from` is when that step is due counted back, `until` when the budget before it has run: they overlap where the
    path does not fit.
    """
    spent, most = 0, (0, promised, promised, "")
    for node, root, due in path:
        if root == ORDERED and node.kind == BUDGET:
            spent = max(spent, due - ordered)
        elif root == PROMISED and due <= promised and spent + promised - due > most[0]:
            most = spent + promised - due, due, ordered + spent, node.code
    return most


def _in_order(path, dated):
    """{code: due}: deadlines that count from the order end no later than what counts back from the promise."""
    dates, latest = {}, None
    for node, root, due in reversed(path):
        due = dated(root, due)
        if root == ORDERED and node.kind != BUDGET and latest is not None:
            due = min(due, latest)
        if root == PROMISED:
            latest = due if latest is None else min(due, latest)
        dates[node.code] = due
    return dates

