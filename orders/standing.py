"""Does what a system says of an order agree with the node the order waits for? Pure.

A status says that something has happened, a node waits for the word of the system that answers for it. Where
a status lies behind the open node, the systems disagree, or the order went on in part.
"""

from orders.statement import FACTS

PLACE = {fact: place for place, fact in enumerate(FACTS)}
# What must have happened for a status to be true. Money and the commercial side prove nothing about the goods.
HAPPENED = {
    "material": {"received": "material_received"},
    "production": {
        "dispatched": "dispatched",
        "started": "production_started",
        "finished": "production_finished",
    },
    "quality": {"released": "qc_released"},
    "logistics": {"packed": "packed", "shipped": "shipped", "in_transit": "in_transit", "delivered": "delivered"},
}


def status_ahead(state, fact):
    """(system, status) furthest beyond the open node of `fact`, by what each system says; None where all agree."""
    if fact not in PLACE:
        return None
    found = [
        (PLACE[HAPPENED[axis][status]], system, status)
        for axis, entry in state.get("axes", {}).items()
        for system, status in (entry.get("said") or {entry.get("system"): entry.get("value")}).items()
        if status in HAPPENED.get(axis, ())
    ]
    beyond = [one for one in found if one[0] >= PLACE[fact]]
    if not beyond:
        return None
    _place, system, status = min(beyond, key=lambda one: (-one[0], one[1]))
    return system, status


def in_part(state, fact):
    """The system that says the open node's fact of a part of the order only; "" otherwise."""
    return state.get("partial", {}).get(fact, {}).get("system", "")
