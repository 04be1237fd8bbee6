"""How does a hub of 200,000 orders look? Bulk-made rows, 300 scopes by Zipf, the eight kinds of people who look at it.

Built straight into the tables, for tests of work and for benchmarks; `rows` beside it is what a naive filter in Python
goes through. `tiny` is one scope of 100 orders, all in the oldest 1 %; `big_old` one of 5 % of all orders, all in the
oldest 10 %; `small` are the 100 smallest scopes.
"""
import json
import random
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice

from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction

from kernel.access import grant_scope
from kernel.models import Company, Scope, User
from orders.masters import search_key_of
from orders.models import Material, Order, OrderKind, OrderLine, OrderShare, Party, SearchTerm
from orders.search_terms import LONGEST, SHORTEST

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HOURS = 3 * 365 * 24
SCOPES, TINY, BIG_OLD = 300, 100, 0.05
STAGES = (("paid", 84), ("cancelled", 9), ("confirmed", 2), ("started", 2), ("shipped", 2), ("draft", 1))
CLOSED, LATE = ("paid", "cancelled"), 0.26  # of the open ones; 1.8 % of all
# Of the open orders; a few closed ones have a difference that nobody has settled yet.
RISK, TICKETS, DIFFERENCES, CONFLICTS, HELD, UNSETTLED = 0.12, 0.3, 0.25, 0.04, 0.03, 0.01
PROVISIONAL = 400  # one of so many is known to one system only
KINDS = ("one", "five", "fifty", "all", "tiny", "big_old", "two_old", "small")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
PARTS, SHAPES = ("电控", "转向", "制动", "悬挂", "冷却"), ("壳体", "支架", "轴", "垫片", "总成")
TRADES = ("精密机械", "汽车零部件", "电子科技", "新材料", "轴承", "模具")
CITIES = ("上海", "苏州", "无锡", "宁波", "杭州", "佛山", "东莞", "合肥", "武汉", "重庆")
# As wide as a folded order's, so that a page of the database holds as few rows as in real life.
_STATE = json.dumps({"axes": {axis: {"value": "none", "system": "erp"} for axis in (
    "commercial", "material", "production", "quality", "logistics", "finance")}, "facts": {}, "fields": {
    "customer": {"value": "100117", "system": "erp"}, "currency": {"value": "CNY", "system": "erp"}}})
_FIXED = {
    "commercial": "confirmed", "material": "none", "production": "none", "quality": "none",
    "logistics": "none", "finance": "none", "currency": "CNY", "conflicts": "[]",
    "authority_version": 1, "state_hash": "0" * 64, "event_count": 20, "late_node": "", "late_reason_en": "",
    "late_reason_zh": "", "next_node": "", "state": _STATE,
}
_DRAWN = (
    "id", "company_id", "kind_id", "number", "scope_id", "customer_id", "created_at", "stage", "is_open", "lateness",
    "open_tickets", "open_differences", "conflict_count", "held_at", "identity",
)
_LINE = ("order_id", "number", "material_id", "material_code", "bom_revision", "unit", "currency", "state")


@dataclass
class Row:
    """What a naive filter in Python needs of an order."""

    __slots__ = ("id", "number", "scope", "customer", "created", "stage", "lateness", "material", "flags")
    id: int
    number: str
    scope: int
    customer: int
    created: datetime
    stage: str
    lateness: int
    material: int
    flags: frozenset  # of "tickets", "differences", "conflicts", "held"

    @property
    def is_provisional(self):
        return self.id % PROVISIONAL == 0


@dataclass
class World:
    """`rows` newest first; `people` and `granted` by kind: a User, and the set of scope ids (None: everything)."""

    rows: list = field(default_factory=list)
    people: dict = field(default_factory=dict)
    granted: dict = field(default_factory=dict)
    shared: dict = field(default_factory=dict)
    parties: dict = field(default_factory=dict)
    materials: dict = field(default_factory=dict)

    def user(self, kind):
        """The person anew, as a request has it: nothing remembered."""
        return User.objects.get(pk=self.people[kind].pk)

    def sees(self, kind, row):
        granted = self.granted[kind]
        return granted is None or row.scope in granted or row.id in self.shared.get(kind, ())

    def page(self, kind, fits, size=50, skip=0):
        """Ids of the page as plain Python finds them: visible, fitting, newest first."""
        found = (row.id for row in self.rows if fits(row) and self.sees(kind, row))
        return list(islice(found, skip, skip + size))


def build(orders=200_000, seed=5, searchable=False):
    """Fill an empty, migrated database. Returns the World."""
    draw, world = random.Random(seed), World()
    company = Company.objects.create(code="list", name_en="List", name_zh="列表")
    kind, _ = OrderKind.objects.get_or_create(code="standard", defaults={"name_en": "standard", "name_zh": "标准"})
    scopes = [
        Scope(company=company, code=f"t{n:03}", name_en=f"Team {n}", name_zh=f"{n} 组", kind=Scope.SALES_TEAM)
        for n in range(SCOPES)
    ]
    scope_ids = [one.pk for one in Scope.objects.bulk_create(scopes)]
    world.parties = _make_parties(company, draw, 1_500 if searchable else 50)
    world.materials = _make_materials(company, draw, 400) if searchable else {}
    _draw_rows(world, draw, orders, scope_ids)
    with _no_foreign_keys(), _no_indexes(Order, OrderLine, SearchTerm):
        _write_orders(world.rows, company.pk, kind.pk)
        if searchable:
            _write_lines(world)
            _write_terms()
    world.rows.sort(key=lambda row: (row.created, row.id), reverse=True)
    _make_people(world, scope_ids)
    analyse()
    return world


def _draw_rows(world, draw, orders, scope_ids):
    """Oldest first, as orders come in; several share an instant."""
    tiny, big_old, *others = scope_ids
    weights = list(accumulate(1 / rank for rank in range(1, len(others) + 1)))
    stages, shares = zip(*STAGES, strict=True)
    parties, materials = list(world.parties), list(world.materials) or [None]
    early = draw.sample(range(orders // 100), min(TINY, orders // 200))
    tiny_places = set(early)
    big_share = BIG_OLD * 10
    start, step = NOW - timedelta(hours=HOURS), HOURS / orders
    flagged = random.Random(7)  # of its own, so that all else is drawn as ever
    named = draw.choices(others, cum_weights=weights, k=orders)
    staged = draw.choices(stages, shares, k=orders)
    for place in range(orders):
        scope = tiny if place in tiny_places else (
            big_old if place < orders // 10 and draw.random() < big_share else named[place])
        stage = staged[place]
        late = 2 if stage not in CLOSED and draw.random() < LATE else 0
        if not late and stage not in CLOSED and flagged.random() < RISK:
            late = 1
        world.rows.append(Row(
            place + 1, f"SO{2300 + place * 36 // orders:04}-{place + 1:07}", scope, draw.choice(parties),
            start + timedelta(hours=int(place * step)), stage, late, draw.choice(materials),
            _flags_of(stage, flagged),
        ))


_NONE = frozenset()


def _flags_of(stage, draw):
    if stage in CLOSED:
        return frozenset({"differences"}) if draw.random() < UNSETTLED else _NONE
    shares = (("tickets", TICKETS), ("differences", DIFFERENCES), ("conflicts", CONFLICTS), ("held", HELD))
    return frozenset(name for name, share in shares if draw.random() < share)


def _write_orders(rows, company, kind):
    names = (*_DRAWN, *_FIXED)
    fixed = tuple(_FIXED.values())
    _load(Order, names, (
        (row.id, company, kind, row.number, row.scope, row.customer, row.created, row.stage,
         int(row.stage not in CLOSED), row.lateness,
         *(int(name in row.flags) for name in ("tickets", "differences", "conflicts")),
         row.created if "held" in row.flags else None,
         "provisional" if row.is_provisional else "confirmed", *fixed) for row in rows
    ))


def _write_lines(world):
    codes = {pk: code for pk, (code, _name) in world.materials.items()}
    _load(OrderLine, _LINE, (
        (row.id, "10", row.material, codes[row.material], "", "pcs", "CNY", "{}") for row in world.rows
    ))


def _write_terms():
    """What orders.search_terms makes of the numbers, in SQL: the number, it without its sign, its last 3 to 7."""
    plain = "replace(number, '-', '')"
    tail = "right({0}, {1})" if connection.vendor == "postgresql" else "substr({0}, -{1})"
    parts = ["number", plain, *(tail.format(plain, length) for length in range(SHORTEST, LONGEST + 1))]
    table, orders = SearchTerm._meta.db_table, Order._meta.db_table
    with connection.cursor() as cursor:
        for part in parts:
            cursor.execute(f"INSERT INTO {table} (term, order_id) SELECT {part}, id FROM {orders}")


def _load(model, names, rows):
    table, columns = model._meta.db_table, ", ".join(names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["?"] * len(names))
        plain = (tuple(_plain(cell) for cell in row) for row in rows)
        connection.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", plain)


def _plain(cell):
    return str(cell.replace(tzinfo=None)) if type(cell) is datetime else cell


class _no_foreign_keys:
    """PostgreSQL queues a check per row otherwise; SQLite defers them inside the transaction anyway."""

    def __enter__(self):
        self._say("SET session_replication_role = replica")

    def __exit__(self, *trouble):
        self._say("SET session_replication_role = DEFAULT")

    def _say(self, sql):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(sql)


@contextmanager
def _no_indexes(*models):
    """Built once over all rows, an index costs a fraction of what it costs row by row."""
    with connection.cursor() as cursor:
        dropped = []
        for model in models:
            cursor.execute(_INDEXES[connection.vendor], [model._meta.db_table])
            dropped += cursor.fetchall()
        for name, _sql in dropped:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _name, sql in dropped:
            cursor.execute(sql)


_INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = %s",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s "
                  "AND indexname NOT IN (SELECT conname FROM pg_constraint)",
}


def _make_parties(company, draw, count):
    made = []
    for number in range(count):
        name = f"{draw.choice(CITIES)}{draw.choice(SURNAMES)}{draw.choice(SURNAMES)}{draw.choice(TRADES)}有限公司"
        made.append(Party(company=company, code=f"{200_000 + number}", name=name, search_key=search_key_of(name)))
    return {one.pk: (one.name, one.search_key) for one in Party.objects.bulk_create(made)}


def _make_materials(company, draw, count):
    made = []
    for number in range(count):
        name = draw.choice(PARTS) + draw.choice(SHAPES)
        made.append(Material(company=company, code=f"M{number:05}", name=name, search_key=search_key_of(name)))
    return {one.pk: (one.code, one.name) for one in Material.objects.bulk_create(made)}


def _make_people(world, scope_ids):
    """The eight kinds, a superuser, and somebody with single orders shared beside five scopes."""
    size = {}
    for row in world.rows:
        size[row.scope] = size.get(row.scope, 0) + 1
    tiny, big_old, *others = scope_ids
    largest = sorted(others, key=lambda one: -size.get(one, 0))
    wanted = {
        "one": largest[5:6], "five": largest[3:200:40], "fifty": largest[1:200:4], "all": scope_ids, "tiny": [tiny],
        "big_old": [big_old], "two_old": [tiny, big_old], "small": largest[-100:], "shared": largest[2:200:40],
    }
    readers = Group.objects.create(name="list readers")
    readers.permissions.set(Permission.objects.filter(codename__in=("view_order", "view_party", "view_material")))
    by_id = Scope.objects.in_bulk(scope_ids)
    for kind, granted in wanted.items():
        user = world.people[kind] = User.objects.create_user(f"list-{kind}", is_staff=True, language="en")
        user.groups.add(readers)
        for one in granted:
            grant_scope(scope=by_id[one], to=user)
        world.granted[kind] = set(granted)
    world.people["superuser"] = User.objects.create_superuser("list-superuser", language="en")
    world.granted["superuser"] = None
    world.shared["shared"] = {row.id for row in world.rows[-40:]} | {row.id for row in world.rows[1000:1020]}
    OrderShare.objects.bulk_create([
        OrderShare(order_id=pk, person=world.people["shared"], shared_at=NOW) for pk in sorted(world.shared["shared"])
    ])


def analyse():
    """Fresh statistics, as autovacuum and the hub's hourly job keep them."""
    with connection.cursor() as cursor:
        for model in (Order, OrderLine, SearchTerm, Party, Material, OrderShare):
            cursor.execute(f"ANALYZE {model._meta.db_table}")


@contextmanager
def standing(**how):
    """A world for a whole file of tests, in a transaction that is rolled back in the end."""
    with transaction.atomic():
        # Otherwise SQLite looks through all rows for broken keys after each test.
        connection.features.can_defer_constraint_checks = False
        try:
            yield build(**how)
        finally:
            del connection.features.can_defer_constraint_checks
            transaction.set_rollback(True)
    _sweep_up()


def _sweep_up():
    """A world rolled back leaves pages of dead rows in PostgreSQL, and statistics of rows that are gone."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in (Order, OrderLine, SearchTerm, Party, Material, OrderShare):
                cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
