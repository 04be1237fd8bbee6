"""Which nodes make a path, and which do not?"""
from dataclasses import dataclass

from orders.statement import FACTS
from sla.reach import UNITS, WORK_S

MOST_NODES = 12
BUDGET, DEADLINE = "budget", "deadline"
ORDERED, PROMISED = "ordered", "promised"


class BadTemplate(ValueError):
    """These nodes make no path; `code`, `node` and `params` say why, `sentence` in English for translation."""

    def __init__(self, code, node="", **params):
        self.code, self.node, self.params = code, node, {"node": node, **params}
        self.sentence = PROBLEMS[code]
        super().__init__(self.sentence % self.params)


def gettext_noop(text):
    """Marks a sentence for translation; whoever shows it translates it."""
    return text


PROBLEMS = {
    "no_nodes": gettext_noop("A path needs at least one node."),
    "too_many": gettext_noop("A path has at most %(most)s nodes."),
    "code_twice": gettext_noop("The code “%(node)s” stands twice."),
    "number_twice": gettext_noop("The number of “%(node)s” stands twice."),
    "unit": gettext_noop("“%(node)s” counts in an unknown unit."),
    "kind": gettext_noop("“%(node)s” has an unknown kind of clock."),
    "anchor": gettext_noop("“%(node)s” counts from “%(anchor)s”, which is not in this path."),
    "circle": gettext_noop("“%(node)s” counts from itself in a circle."),
    "budget": gettext_noop("“%(node)s” is a time budget: it needs a length of working time, such as 6 working h."),
    "fact_twice": gettext_noop("Two nodes are done by the fact of “%(node)s”."),
    "fact": gettext_noop("“%(node)s” is done by an unknown fact."),
}


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a path. `offset` in `unit`, from `anchor`: ordered, promised, node:<code>:planned or :actual."""

    code: str
    sequence: int
    fact: str
    anchor: str = ORDERED
    offset: int = 0
    unit: str = WORK_S
    kind: str = DEADLINE


def check_nodes(nodes):
    """Raise BadTemplate unless these nodes make a path; return them in the order of their anchors."""
    if not nodes:
        raise BadTemplate("no_nodes")
    if len(nodes) > MOST_NODES:
        raise BadTemplate("too_many", most=MOST_NODES)
    codes, numbers, facts = set(), set(), set()
    for node in nodes:
        _check_node(node)
        if node.code in codes:
            raise BadTemplate("code_twice", node.code)
        if node.sequence in numbers:
            raise BadTemplate("number_twice", node.code)
        if node.fact in facts:
            raise BadTemplate("fact_twice", node.code)
        codes.add(node.code)
        facts.add(node.fact)
        numbers.add(node.sequence)
    return _anchors_first(nodes)


def _check_node(node):
    if node.unit not in UNITS:
        raise BadTemplate("unit", node.code)
    if node.kind not in (BUDGET, DEADLINE):
        raise BadTemplate("kind", node.code)
    if node.fact not in FACTS:
        raise BadTemplate("fact", node.code)
    if node.kind == BUDGET and (node.unit != WORK_S or node.offset <= 0):
        raise BadTemplate("budget", node.code)


def anchor_node(node):
    """(code, "planned" or "actual") of the node this one is anchored to, or None."""
    kind, _, rest = node.anchor.partition(":")
    code, _, which = rest.rpartition(":")
    return (code, which) if kind == "node" and code and which in ("planned", "actual") else None


def _anchors_first(nodes):
    """Every node after the one it is anchored to."""
    by_code = {node.code: node for node in nodes}
    for node in nodes:
        known = node.anchor in (ORDERED, PROMISED) or (anchor_node(node) and anchor_node(node)[0] in by_code)
        if not known:
            raise BadTemplate("anchor", node.code, anchor=node.anchor)
    return sorted(nodes, key=lambda node: (_depth(node, by_code), node.sequence))


def _depth(node, by_code):
    depth, at = 0, node
    while anchor_node(at):
        at, depth = by_code[anchor_node(at)[0]], depth + 1
        if depth > len(by_code):
            raise BadTemplate("circle", node.code)
    return depth
