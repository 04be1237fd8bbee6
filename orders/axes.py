"""What does each system say on each axis and of each fact, when several of its records speak?"""
from orders.ranking import FACT_AXIS
from orders.statement import STATUSES

RANK = {axis: {status: rank for rank, status in enumerate(row)} for axis, row in STATUSES.items()}
# The last step of an axis holds for the order only when all records of its kind have reached it.
COMPLETE = {"production": "finished", "logistics": "delivered", "finance": "paid"}
SHORT_OF = {"production": "started", "logistics": "in_transit", "finance": "part_paid"}
# Here the record that is furthest behind tells the state, because all are needed before work goes on.
LEAST = ("material", "quality")
DONE_FACTS = frozenset((
    "material_received", "production_finished", "qc_released", "packed", "shipped", "delivered", "invoiced", "paid",
))
LOAD_FACTS = ("packed", "shipped", "delivered")


def together(axis, statuses):
    """One status of several records of one entity: furthest, but complete only when all are."""
    distinct = set(statuses)
    if len(distinct) == 1:
        return statuses[0]
    if axis == "commercial":
        return _commercial(distinct)
    rank = RANK[axis].__getitem__
    if axis in LEAST:
        return min((one for one in distinct if one != "none"), key=rank)
    furthest = max(distinct, key=rank)
    if furthest == COMPLETE[axis] or rank(furthest) > rank(COMPLETE[axis]):
        return SHORT_OF[axis]
    return furthest


def _commercial(distinct):
    if "held" in distinct:
        return "held"
    going = distinct - {"cancelled", "closed"}
    return max(going or distinct - {"cancelled"}, key=RANK["commercial"].__getitem__)


def axis_values(axis, voices):
    """{system: status} from the last statements that speak on this axis: the furthest of header and parts.

    On the commercial axis the header's word goes before parts'.
    """
    by_entity = {}
    for voice in voices:
        by_entity.setdefault((voice.system, voice.entity), []).append(voice.data["status"])
    said, rank = {}, RANK[axis].__getitem__
    for (system, entity), statuses in sorted(by_entity.items()):
        status = together(axis, statuses)
        if axis != "commercial" or entity == "order" or (system, "order") not in by_entity:
            said[system] = max(said.get(system, status), status, key=rank)
    return said


def fact_values(fact, voices):
    """({system: instant}, {system: instant}) — done, and begun in part: some records of the kind have it not yet.

    `voices` are all last statements of the order. A beginning is the earliest instant, an end the latest.
    """
    axis, done, partial = FACT_AXIS[fact], {}, {}
    by_entity = {}
    for voice in voices:
        moment = voice.data.get("facts", {}).get(fact)
        if moment:
            by_entity.setdefault((voice.system, voice.entity), []).append(moment)
    for (system, entity), moments in sorted(by_entity.items()):
        lacking = fact in DONE_FACTS and any(
            voice.system == system and voice.entity == entity and voice.data.get("axis") == axis
            and not voice.data.get("facts", {}).get(fact) for voice in voices
        )
        _keep(partial if lacking else done, system, moments, fact)
    return done, {system: moment for system, moment in partial.items() if system not in done}


def _keep(kept, system, moments, fact):
    known = [*moments, kept[system]] if system in kept else moments
    kept[system] = max(known, key=instant_key) if fact in DONE_FACTS else min(known, key=instant_key)


def instant_key(text):
    """Sorts "…Z" instants in time's order, with microseconds or without."""
    return text[:-1] if text[-1:] == "Z" else text
