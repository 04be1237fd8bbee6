"""Why do these nodes make no path, in a sentence that names the node by its own name?"""
from django.utils.translation import gettext as _

from sla.models import MilestoneNode
from sla.path_nodes import BadTemplate, Node, check_nodes

NODE_FIELDS = ("code", "sequence", "fact", "anchor", "offset", "unit", "kind")


def problem_of(rows):
    """(sentence, code) of what is wrong with these nodes, dicts of a MilestoneNode's fields; None of a good path."""
    try:
        check_nodes([Node(**{name: row[name] for name in NODE_FIELDS}) for row in rows])
    except BadTemplate as bad:
        names = {row["code"]: _name_of(row) for row in rows}
        node = bad.node if bad.code == "code_twice" else names.get(bad.node, bad.node)
        anchor = bad.params.get("anchor", "").removeprefix("node:").rpartition(":")[0]
        return _(bad.sentence) % {**bad.params, "node": node, "anchor": anchor}, bad.code
    return None


def _name_of(row):
    return str(MilestoneNode(code=row["code"], name_en=row["name_en"], name_zh=row["name_zh"]).name or row["code"])
