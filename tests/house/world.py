"""How is one row of every model made for a scope, with a mark in every text, so that a leak can be seen?"""
from datetime import UTC, date, datetime

from django.apps import apps
from django.db import models

from kernel.access import EVERYBODY, HOLDERS

OURS = ("kernel", "orders", "sla", "exceptions", "reconciliation", "integrations", "desk")
# Where nonsense would be no fair test: hours, levels, conditions, zones.
GIVEN = {
    "weekly": [[day, 480, 1020] for day in range(7)], "intervals": [], "levels": [], "chain_steps": [],
    "conditions": [],
    "time_zone": "Asia/Shanghai",
    "covers_from": date(2025, 1, 1), "covers_until": date(2028, 1, 1), "language": "en", "customer_code": "",
}
# NULL on purpose; walked are drafts, and plans of all customers (of one: tests/sla/test_plan_admin.py).
LEFT_OUT = {"shared_with", "open_key", "customer_company", "published", "MilestonePlan.published_at",
            "MilestonePlan.customer"}
AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def our_models():
    """Every model of ours but the shadows simple_history keeps."""
    return [
        model for app in OURS for model in apps.get_app_config(app).get_models()
        if not hasattr(model, "history_object")
    ]


def is_shared(model):
    path = getattr(model, "scope_path", None)
    return path is None or path == EVERYBODY or (path.startswith(HOLDERS) and not is_for_all_scopes(model))


def is_for_all_scopes(model):
    """Only for those who see every scope: its rows count rows of all of them."""
    return getattr(model, "scope_path", None) == HOLDERS + "kernel.see_scope"


class World:
    """`get(model)` returns the world's one row of a model, made on first asking from the types of its fields.

    Rows every member of staff may read come from `shared`, so that two worlds differ only in what a scope owns.
    """

    def __init__(self, mark, shared=None):
        self.mark = mark
        self.shared = shared
        self.rows = {}
        self.under_way = set()

    def get(self, model):
        if self.shared is not None and is_shared(model) and model.__name__ != "User":
            return self.shared.get(model)
        if model not in self.rows:
            self.rows[model] = self._make(model)
        return self.rows[model]

    def _make(self, model):
        self.under_way.add(model)
        values = {
            field.name: self._value(field) for field in model._meta.concrete_fields
            if not (isinstance(field, models.AutoField) or self._is_left_out(field))
        }
        self.under_way.discard(model)
        if model.__name__ == "User":
            values |= {"is_superuser": False, "is_staff": True}
        return model.objects.create(**values)

    def _is_left_out(self, field):
        if field.name in LEFT_OUT or f"{field.model.__name__}.{field.name}" in LEFT_OUT:
            return True
        return field.null and field.is_relation and field.related_model in self.under_way

    def _value(self, field):
        if field.name in GIVEN:
            return GIVEN[field.name]
        if isinstance(field, models.ForeignKey):
            return self.get(field.related_model)
        if field.choices:
            return field.choices[0][0]
        return self._plain(field)

    def _plain(self, field):
        if isinstance(field, models.JSONField):
            return self._said(field)
        if isinstance(field, models.TextField | models.CharField):
            return self._text(field)
        if isinstance(field, models.BooleanField):
            return field.default if field.has_default() else False
        if isinstance(field, models.DateTimeField):
            return AT
        if isinstance(field, models.DateField):
            return date(2026, 11, 24)
        return 1

    def _said(self, field):
        """JSON in the shape its readers know, with the mark in it."""
        mark = self.mark
        shapes = {
            "systems": [mark], "header": [mark], "rows": [], "counts": {}, "column_map": {},
            "table": {"v": 1, "least": 0, "rows": {}, "held": {}}, "files": {},
            "conflicts": [{"subject": "commercial", "values": {mark: mark}}],
            "causes": [{"cause": mark, "rule": mark, "confidence": "certain", "evidence": {"said": mark},
                        "sentence": {"en": mark, "zh": mark}}],
        }
        if field.model.__name__ == "Article":
            return [mark]
        if field.model.__name__ in ("ProfileVersion", "ProfileDraft") and field.name == "spec":
            return {"version": 1, "name": mark, "systems": {"a": {"key": mark}, "b": {"key": mark}}, "fields": {}}
        return shapes.get(field.name, [{"said": mark}] if field.default is list else {"said": mark})

    def _text(self, field):
        length = field.max_length or 200
        # Names of people are known to all staff, so they carry no mark.
        mark = f"who{self.mark[0]}" if field.model.__name__ == "User" else self.mark
        text = f"{mark}-{field.name}".lower().replace("_", "-")
        return text[:length] if length >= len(mark) else "x"
