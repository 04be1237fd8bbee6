"""Which orders does the list show, under which filters, page by page?

One indexed query a page, by keyset: `created <= c AND (created < c OR id < i)`, because the usual OR form is as slow
as OFFSET. A person of a few scopes is served by a probe per scope: measured, the one case a plain IN cannot serve is
somebody all of whose orders are old.
"""

import json
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db import connection
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.lookups import In

from kernel.access import ALL, is_customer, scope_ids
from kernel.pages import whole
from orders.models import Order, OrderLine, Party, SearchTerm
from orders.models.order import LATE

PAGE = 50
CAP = 10_000
# By count of scopes: with more of them a plain IN is as good. On SQLite a probed scope costs as much as a page.
PROBE_SCOPES = {"postgresql": range(2, 300), "sqlite": range(2, 17)}
DUE_HOURS = {"overdue": 0, "8h": 8, "24h": 24, "3d": 72, "7d": 168}
STAGES = (
    "draft quoted confirmed held requested short reserved received planned dispatched started finished inspecting "
    "rejected released picking packed shipped in_transit delivered returned invoiced part_paid paid credited closed "
    "cancelled"
).split()
# What the list draws, and nothing of the wide JSON columns.
SHOWN = (
    "number",
    "identity",
    "kind__code",
    "kind__name_en",
    "kind__name_zh",
    "customer__name",
    "customer__short_name",
    "plant__code",
    "plant__name_en",
    "plant__name_zh",
    "created_at",
    "stage",
    "is_open",
    "held_at",
    "expedited_at",
    "quantity_m",
    "promised_at",
    "forecast_at",
    "actual_at",
    "lateness",
    "late_since",
    "late_reason_en",
    "late_reason_zh",
    "late_node",
    "next_due_at",
    "next_node",
    "open_tickets",
    "open_differences",
    "conflict_count",
    "archived_at",
    "amount_minor",
    "currency",
)


@dataclass(frozen=True)
class Filters:
    """What the address asks for, already checked; blank means any."""

    q: str = ""
    stage: str = ""
    late: str = ""  # late | risk | ok
    kind: str = ""
    customer: str = ""
    company: str = ""  # whose customer, whose plant: codes are theirs alone
    plant: str = ""
    open: str = ""  # 1 | 0
    tickets: str = ""
    differences: str = ""
    conflicts: str = ""
    held: str = ""
    provisional: str = ""
    due: str = ""  # a key of DUE_HOURS
    sort: str = ""  # "" newest first | due

    @property
    def query(self):
        return urlencode({name: value for name, value in self.as_dict().items() if value})

    @property
    def other_order(self):
        """The same filters, sorted the other way."""
        return replace(self, sort="" if self.sort else "due").query

    @property
    def is_blank(self):
        return not any(value for name, value in self.as_dict().items() if name != "sort")

    def as_dict(self):
        return {field.name: getattr(self, field.name) for field in fields(self)}


ALLOWED = {
    "stage": set(STAGES),
    "late": {"late", "risk", "ok"},
    "open": {"1", "0"},
    "tickets": {"1"},
    "differences": {"1"},
    "conflicts": {"1"},
    "held": {"1"},
    "provisional": {"1"},
    "due": set(DUE_HOURS),
    "sort": {"due"},
}


def read_filters(asked):
    """Filters from a GET dict; what is not allowed counts as blank."""
    found = {}
    for name in Filters.__dataclass_fields__:
        value = str(asked.get(name, "")).replace("\x00", "").strip()[:60]
        if value and value in ALLOWED.get(name, {value}):
            found[name] = value
    return Filters(**found)


def filtered(queryset, filters, now):
    """The queryset under the filters; `now` (aware) is what due is measured against."""
    for name, build in CONDITIONS.items():
        value = getattr(filters, name)
        if value:
            queryset = queryset.filter(build(value))
    return queryset.filter(_due(filters.due, now)) if filters.due else queryset


def _due(due, now):
    """What comes due; an order that is late already is counted as late and not once more here."""
    if due == "overdue":
        return Q(next_due_at__lt=now)
    return Q(next_due_at__gte=now, next_due_at__lte=now + timedelta(hours=DUE_HOURS[due]), lateness__lt=LATE)


def of_order(text):
    """The Q of rows of one order, by its number; by its id where no order has that number."""
    names = {text, text.upper()}
    if Order.objects.filter(number__in=names).exists():
        return Q(order__number__in=names)
    return Q(order_id=whole(text))


CONDITIONS = {
    "q": lambda value: matching(value),
    "stage": lambda value: Q(stage=value),
    "late": lambda value: {"late": Q(lateness=2), "risk": Q(lateness=1), "ok": Q(lateness=0)}[value],
    "kind": lambda value: Q(kind__code=value),
    "customer": lambda value: Q(customer__code=value),
    "company": lambda value: Q(company__code=value),
    "plant": lambda value: Q(plant__code=value),
    "open": lambda value: Q(is_open=int(value)),
    "tickets": lambda value: Q(open_tickets__gt=0),
    "differences": lambda value: Q(open_differences__gt=0),
    "conflicts": lambda value: Q(conflict_count__gt=0),
    "held": lambda value: Q(held_at__isnull=False),
    "provisional": lambda value: Q(identity=Order.PROVISIONAL, archived_at=None),
}


def matching(term):
    """The Q of a quick search: number fragment, customer name, pinyin or initials, material code or name."""
    upper = term.upper()
    has_digit = any(sign.isdecimal() for sign in term)
    if has_digit and len(upper) >= 3:
        numbers = SearchTerm.objects.filter(in_range("term", upper)).values("order_id")
        lines = OrderLine.objects.filter(in_range("material_code", upper)).values("order_id")
        return _either(numbers, lines)
    if has_digit:
        return Q(number=upper)
    customers = Party.objects.filter(search_key__contains=upper).values("pk")
    lines = OrderLine.objects.filter(material__search_key__contains=upper).values("order_id")
    return _either(Order.objects.filter(customer__in=customers).values("pk"), lines)


def _either(first, second):
    """Orders whose ids one of two queries gives. PostgreSQL goes through all orders for an OR, and looks a UNION up."""
    if connection.vendor == "postgresql":
        return Q(pk__in=first.order_by().union(second.order_by()))
    return Q(pk__in=first) | Q(pk__in=second)


def in_range(column, prefix):
    """`column` begins with the prefix, as an index range: startswith scans on SQLite."""
    return Q(**{f"{column}__gte": prefix, f"{column}__lt": prefix + "\U0010ffff"})


def page_of(user, filters, now, before="", size=PAGE):
    """(rows, cursor of the next page or ""): the visible orders under the filters, newest or soonest due first."""
    cursor = read_cursor(before)
    if filters.sort == "due":
        rows = _drawn(_by_due(filtered(Order.objects.visible_to(user), filters, now), cursor), size)
    else:
        rows = _newest(user, filters, now, cursor, size)
    more = rows[size - 1] if len(rows) > size else None
    return rows[:size], write_cursor(
        more.next_due_at if filters.sort == "due" else more.created_at, more.pk
    ) if more else ""


def _drawn(queryset, size):
    return list(queryset.select_related("kind", "customer", "plant").only(*SHOWN)[: size + 1])


def _newest(user, filters, now, cursor, size):
    """The orders of one's scopes and those shared singly are two queries: their OR is read and sorted whole."""
    if user.is_superuser or is_customer(user) or scope_ids(user) is ALL:
        return _drawn(_by_age(filtered(Order.objects.visible_to(user), filters, now), cursor), size)
    shared, ids = Order.shared_ids(user), sorted(scope_ids(user))
    if _probe_helps(ids, filters):
        own = Order.objects.filter(_probe(ids, filters, cursor, size))
    else:
        own = filtered(Order.objects.filter(_in_scopes(ids, filters)), filters, now)
    rows = _drawn(_by_age(own, cursor), size)
    if shared:
        rows += _drawn(_by_age(filtered(Order.objects.filter(pk__in=shared), filters, now), cursor), size)
    found = {row.pk: row for row in rows}.values()
    return sorted(found, key=lambda row: (row.created_at, row.pk), reverse=True)[: size + 1]


def _in_scopes(ids, filters):
    """The Q of rows of these scopes. Of many, SQLite is kept from reading all of their orders to sort them.

    It does so whenever it thinks little of the table, as without statistics; by stage there are few, and it may.
    """
    if connection.vendor == "sqlite" and len(ids) >= PROBE_SCOPES["sqlite"].stop and not filters.stage:
        return Q(In(F("scope_id") + 0, ids))
    return Q(scope_id__in=ids)


def _by_age(queryset, cursor):
    if cursor:
        at, pk = cursor
        queryset = queryset.filter(created_at__lte=at).filter(Q(created_at__lt=at) | Q(pk__lt=pk))
    return queryset.order_by("-created_at", "-pk")


def _by_due(queryset, cursor):
    queryset = queryset.filter(next_due_at__isnull=False)
    if cursor:
        at, pk = cursor
        queryset = queryset.filter(next_due_at__gte=at).filter(Q(next_due_at__gt=at) | Q(pk__gt=pk))
    return queryset.order_by("next_due_at", "pk")


def _probe_helps(ids, filters):
    carried = Filters(stage=filters.stage, **{name: getattr(filters, name) for name in FLAGS})
    return len(ids) in PROBE_SCOPES[connection.vendor] and filters == carried and filters.late != "ok"


# Filters that a probe carries word for word, as the partial indexes of the order write them.
FLAGS = {
    "late": {"late": "o.lateness = 2", "risk": "o.lateness = 1"},
    "tickets": {"1": "o.open_tickets > 0"},
    "differences": {"1": "o.open_differences > 0"},
    "conflicts": {"1": "o.conflict_count > 0"},
    "held": {"1": "o.held_at IS NOT NULL"},
}


def _probe(ids, filters, cursor, size):
    """The newest `size` + 1 orders of each scope, then of all of them, with all filters that it can carry."""
    condition, values = "", []
    if filters.stage:
        condition, values = condition + " AND o.stage = %s", [*values, filters.stage]
    for name, written in FLAGS.items():
        if getattr(filters, name):
            condition += f" AND {written[getattr(filters, name)]}"
    if cursor:
        at, pk = connection.ops.adapt_datetimefield_value(cursor[0]), cursor[1]
        condition += " AND o.created_at <= %s AND (o.created_at < %s OR o.id < %s)"
        values += [at, at, pk]
    newest = (
        "SELECT o.id, o.created_at FROM orders_order o WHERE o.scope_id = s.{scope}"
        + condition
        + " ORDER BY o.created_at DESC, o.id DESC LIMIT %s"
    )
    sql = PROBES[connection.vendor].format(newest=newest) + " ORDER BY p.created_at DESC, p.id DESC LIMIT %s"
    sql = sql.format(scope="value" if connection.vendor == "sqlite" else "id")
    wanted = json.dumps(ids) if connection.vendor == "sqlite" else ids
    return Q(pk__in=RawSQL(sql, [wanted, *values, size + 1, size + 1]))


PROBES = {
    "postgresql": "SELECT p.id FROM unnest(%s::bigint[]) AS s(id) CROSS JOIN LATERAL ({newest}) p",
    # SQLite has no LATERAL; a sub-query that is evaluated anew for each scope does the same.
    "sqlite": "SELECT p.id FROM json_each(%s) s CROSS JOIN orders_order p ON p.id IN (SELECT id FROM ({newest}))",
}


def count_of(user, filters, now):
    """How many visible orders match, at most CAP + 1."""
    queryset = filtered(Order.objects.visible_to(user), filters, now)
    if filters.sort == "due":
        queryset = queryset.filter(next_due_at__isnull=False)
    return queryset.order_by().values("pk")[: CAP + 1].count()


def write_cursor(at, pk):
    return f"{at.isoformat()}_{pk}"


def read_cursor(text):
    """(instant, id) of a cursor made by `write_cursor`; None for anything else."""
    at, _, pk = text.rpartition("_")
    try:
        found = datetime.fromisoformat(at)
        return (found, int(pk)) if found.tzinfo and 0 < int(pk) < 2**62 else None
    except ValueError:
        return None
