"""What does the shop floor say of an order, in its own words (machines count, UTC with milliseconds)?"""
from integrations.sample_factory.catalog import STATIONS
from integrations.sample_factory.plan import NEVER
from integrations.sample_factory.wording import thousands, when, zulu

CODE = "mes"
LAG = (1_000, 5_000)
_STATE = {"dispatched": "DISPATCHED", "started": "RUNNING", "first_article": "FA_OK", "finished": "DONE",
          "inspecting": "IQ_OPEN", "rejected": "NG", "released": "OK"}
SAYS = {
    ("work_order", "dispatched"): ("production", "dispatched"),
    ("work_order", "started"): ("production", "started"),
    ("work_order", "first_article"): ("production", "started"),
    ("work_order", "finished"): ("production", "finished"),
    ("inspection", "inspecting"): ("quality", "inspecting"),
    ("inspection", "rejected"): ("quality", "rejected"), ("inspection", "released"): ("quality", "released"),
}


def steps(plan):
    """[(occurred, entity, word, part, counter)]; one work order makes the order's first line."""
    if not plan.is_made:
        return []
    work = [(plan.dispatched, "dispatched"), (plan.started, "started"), (plan.first_article, "first_article"),
            (plan.finished, "finished")]
    checks = [(plan.inspecting, "inspecting")] if plan.rejected != NEVER or plan.index % 4 == 0 else []
    checks += [(plan.rejected, "rejected"), (plan.qc_released, "released")]
    return [*_numbered(work, "work_order"), *_numbered(checks, "inspection")]


def _numbered(words, entity):
    words = [pair for pair in words if pair[0] < NEVER]
    return [(at, entity, word, 0, place + 1) for place, (at, word) in enumerate(words)]


def render(plan, step, envelope):
    """The raw row of one step."""
    at, entity, word, _, counter = step
    line = plan.lines[0]
    row = {
        **envelope, "soRef": f"SO{plan.number}", "soItem": line.number, "state": _STATE[word],
        "product": f"{line.material.code}-{line.material.revision}", "qty": thousands(line.pieces),
        "uom": "千件", "ts": zulu(at), "counter": counter, "plant": plan.plant,
    }
    if entity == "inspection":
        row |= {"lot": f"QL{plan.number}", "inspector": plan.inspector, "source": "operator",
                "releasedAt": when(zulu, plan.qc_released, at)}
    else:
        row |= {"wo": f"MO{plan.number}-{line.number}", "line": line.material.line,
                "station": STATIONS[line.material.line], "source": "machine", "operator": plan.worker,
                "dispatchedAt": zulu(plan.dispatched), "startedAt": when(zulu, plan.started, at),
                "firstArticleAt": when(zulu, plan.first_article, at), "doneAt": when(zulu, plan.finished, at)}
    return row


def envelope(place, message, batch):
    """The interface's own fields around a row."""
    return {"msgId": message, "batch": batch}
