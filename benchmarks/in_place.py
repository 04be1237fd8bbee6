"""How fast are the hub's own records compared where they lie, all of them and those that changed, beside SQL by hand?

Three systems, eight fields, records as an intake keeps them (JSON). "all keys" makes the temporary tables of every
record and runs the template; the peer is SQL written by hand over the same records in the same database. "changed keys"
follows one record in a hundred that changed since and compares their keys; "and causes" also looks at those that were
missing before, and explains them all: what an ordinary run does.
"""
import argparse
import time
from datetime import UTC, datetime
from statistics import median

from benchmarks.hub import open_hub
from benchmarks.report import busy, keep, seconds, table

SYSTEMS = ("crm", "erp", "wms")
SPEC = {
    "version": 1, "name": "orders", "record": "erp", "currency": "CNY", "key": "order_number",
    "systems": {name: {} for name in SYSTEMS},
    "fields": {
        "quantity_m": {"type": "quantity"}, "amount_minor": {"type": "money", "tolerance": "0.01"},
        "price_minor": {"type": "money", "tolerance": "0.01"}, "posted_at": {"max_minutes_between": 3},
        "promised_at": {"max_minutes_between": 3}, "status": {"type": "text"}, "customer": {"type": "text"},
        "material": {"type": "text"},
    },
}
AT = datetime(2026, 11, 20, tzinfo=UTC)
CHANGED = 100  # one record in so many
A_LACK, LACKS = 1000, 3  # of so many orders WMS lacks this one
GOAL_S = 1.0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="a million orders")
    asked = parser.parse_args()
    orders = 1_000_000 if asked.full else asked.orders
    vendor = open_hub()
    bench = Bench(vendor, orders)
    figures = {name: [] for name in ("all keys", "SQL by hand", "changed keys", "changed keys and causes")}
    for _turn in range(asked.runs):
        figures["all keys"].append(bench.whole())
        figures["SQL by hand"].append(bench.by_hand())
    for _turn in range(asked.runs):
        bench.change()
        for name, with_causes in (("changed keys", False), ("changed keys and causes", True)):
            figures[name].append(bench.changed(with_causes))
    middle = {name: (median(w for w, _n in ones), ones[-1][1]) for name, ones in figures.items()}
    little, base = middle["changed keys"][0], middle["SQL by hand"][0]
    table(
        f"in place on {vendor}: {orders:,} orders in three systems, eight fields", ("", "found", "wall", "by hand = 1"),
        [(name, f"{found:,}", seconds(wall), f"{wall / base:.2f}") for name, (wall, found) in middle.items()],
        [f"medians of {asked.runs}; changed: {orders // CHANGED:,} keys in {orders * 3:,} records, "
         f"{'held' if little <= GOAL_S else 'MISSED'} ≤ {GOAL_S:.0f} s of engine time; {busy()}"],
    )
    keep("in_place", vendor, orders=orders, figures={n: {"wall": w, "found": f} for n, (w, f) in middle.items()})


class Bench:
    """Records of `orders` orders, and the ways to compare them. Each way gives (seconds, keys found)."""

    def __init__(self, vendor, orders):
        from orders.models import SourceSystem
        from reconciliation.hub_profiles import hub_profile
        from reconciliation.models import Profile, ProfileVersion

        self.orders, self.text = orders, Text(vendor)
        company, scope = place()
        self.systems = {name: SourceSystem.objects.create(
            company=company, code=name, role=name, name_en=name, name_zh=name, scope=scope).pk for name in SYSTEMS}
        for name, pk in self.systems.items():
            self.run(self.text.records(name, pk, scope.pk, orders))
        self.run("ANALYZE")
        one = Profile.objects.create(code="orders", company=company, scope=scope, name_en="o", name_zh="o")
        self.version = ProfileVersion.objects.create(profile=one, number=1, spec=SPEC, published_at=AT)
        self.profile = hub_profile(SPEC, dict.fromkeys(SYSTEMS, (0, None)))
        self.mark = 0
        self.spine().renew()

    @staticmethod
    def run(sql, params=None):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else []

    def spine(self):
        from django.db import connection

        from reconciliation.key_spine import Spine

        return Spine(connection, self.profile, self.version.pk, self.systems)

    def engine(self, spine):
        from django.db import connection

        from reconciliation.actions.run_comparison import read_records
        from reconciliation.engines.database import DatabaseEngine
        from reconciliation.lookups import Lookups

        lookups = Lookups({}, "UTC", lambda system, text: text)
        return DatabaseEngine(self.profile, lookups, connection, self.systems, read_records, spine)

    def whole(self):
        engine = self.engine(self.spine())
        began = time.perf_counter()
        engine.prepare()
        found = len(engine.compare())
        wall = time.perf_counter() - began
        engine.close()
        return wall, found

    def by_hand(self):
        began = time.perf_counter()
        found = self.text.by_hand(self.run, self.systems)
        return time.perf_counter() - began, found

    def change(self):
        """One of a hundred records of WMS says another quantity than before."""
        self.mark = self.run("SELECT max(change_number) FROM orders_sourcerecord")[0][0]
        self.run(self.text.change(self.systems["wms"], self.mark))

    def changed(self, with_causes):
        from reconciliation.detect import Detection
        from reconciliation.explain import explain

        spine = self.spine()
        engine = self.engine(spine)
        began = time.perf_counter()
        keys = spine.follow(self.mark)
        if with_causes:
            keys |= {f"SO{number:09}" for number in range(LACKS, self.orders, A_LACK)}
        engine.prepare(keys)
        if with_causes:
            detection = Detection(self.profile, engine, int(AT.timestamp() * 1_000_000))
            differences = detection.run()
            explain(self.profile, engine, detection, differences)
            found = len({one.key for one in differences})
        else:
            found = len(engine.compare())
        wall = time.perf_counter() - began
        engine.close()
        return wall, found


def place():
    """(company, scope) to keep records under."""
    from kernel.models import Company, Scope, WorkCalendar

    calendar = WorkCalendar.objects.create(code="bench", name_en="b", name_zh="b", time_zone="UTC", weekly=[],
                                           covers_from=AT.date(), covers_until=AT.date())
    company = Company.objects.create(code="bench", name_en="b", name_zh="b", calendar=calendar)
    return company, Scope.objects.create(company=company, code="bench", name_en="b", name_zh="b", kind="sales_team")


class Text:
    """SQL of this benchmark's own, on either database."""

    def __init__(self, vendor):
        self.is_postgres = vendor == "postgresql"

    def records(self, name, system, scope, orders):
        """INSERT of one system's records; WMS lacks one in a thousand, and some say another quantity or time."""
        said = "CASE WHEN i % 400 = 7 THEN 1000 ELSE 0 END" if name == "wms" else "0"
        cents = "CASE WHEN i % 300 = 5 THEN 100 ELSE 0 END" if name == "crm" else "0"
        lag = "CASE WHEN i % 500 = 11 THEN 3600 ELSE i % 120 END" if name == "wms" else "0"
        where = f"i % {A_LACK} <> {LACKS}" if name == "wms" else "1 = 1"
        key = "'SO' || lpad(CAST(i AS text), 9, '0')" if self.is_postgres else "printf('SO%%09d', i)"
        make = "jsonb_build_object" if self.is_postgres else "json_object"
        data = (f"{make}('quantity_m', (1 + i % 899) * 1000 + {said}, 'amount_minor', 10000 + i + {cents}, "
                f"'price_minor', 100 + i % 9000, 'currency', 'CNY', 'status', {self.word('open', 'picked', 'closed')}, "
                f"'posted_at', {self.stamp(f'1788220800 + i % 5000000 + {lag}')}, "
                f"'promised_at', {self.stamp('1793490000 + i % 5000000')}, "
                "'customer', 'C' || (i % 5000), 'material', 'M' || (i % 20000))")
        moment = "CAST('2026-11-18 00:00:00+00' AS timestamptz)" if self.is_postgres else "'2026-11-18 00:00:00'"
        given = {"system_id": system, "entity": "'order'", "key": key, "scope_id": scope, "order_number": key,
                 "data": data, "occurred_at": moment, "received_at": moment, "first_received_at": moment,
                 "payload_hash": "'x'", "change_number": f"i + {system}"}
        given = {**self.rest(), **given}
        numbers = f"generate_series(0, {orders - 1}) t(i)" if self.is_postgres else \
            f"(WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {orders - 1}) SELECT i FROM n)"
        names = ", ".join(f'"{column}"' for column in given)
        return (f"INSERT INTO orders_sourcerecord ({names}) SELECT {', '.join(map(str, given.values()))} "
                f"FROM {numbers} WHERE {where}").replace("%%", "%")

    @staticmethod
    def rest():
        """{column: its default} of all that must be filled."""
        from orders.models import SourceRecord

        found = {}
        for field in SourceRecord._meta.concrete_fields:
            if not field.primary_key and not field.null:
                value = field.get_default()
                found[field.column] = str(value).lower() if isinstance(value, bool) else \
                    value if isinstance(value, int) else f"'{value or ''}'"
        return found

    def word(self, *words):
        cases = " ".join(f"WHEN {place} THEN '{word}'" for place, word in enumerate(words))
        return f"CASE i % {len(words)} {cases} END"

    def stamp(self, epoch):
        if self.is_postgres:
            return f"""to_char(to_timestamp({epoch}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
        return f"strftime('%Y-%m-%dT%H:%M:%SZ', {epoch}, 'unixepoch')"

    def change(self, system, mark):
        data = "jsonb_set(data, '{quantity_m}', to_jsonb((data->>'quantity_m')::bigint + 1000))" if self.is_postgres \
            else "json_set(data, '$.quantity_m', json_extract(data, '$.quantity_m') + 1000)"
        return (f"UPDATE orders_sourcerecord SET data = {data}, change_number = {mark} + id "
                f"WHERE system_id = {system} AND id % {CHANGED} = 1")

    def by_hand(self, run, systems):
        """Keys that differ: typed temporary tables with an index each, and flat joins of a list of all keys."""
        numbers = ("quantity_m", "amount_minor", "price_minor")
        texts = ("status", "customer", "material")
        for name, pk in systems.items():
            picks = [f"{self.whole(column)} AS {column}" for column in numbers]
            picks += [f"{self.plain(column)} AS {column}" for column in texts]
            picks += [f"{self.second(column)} AS {column}" for column in ("posted_at", "promised_at")]
            run(f"CREATE TEMPORARY TABLE hand_{name} AS SELECT order_number AS k, {', '.join(picks)} "
                f"FROM orders_sourcerecord WHERE system_id = {pk} AND entity = 'order'".replace("%", "%%"), ())
            if not self.is_postgres:
                run(f"CREATE INDEX hand_{name}_k ON hand_{name} (k)")
            else:
                run(f"ANALYZE hand_{name}")
        pairs = (("crm", "erp"), ("crm", "wms"), ("erp", "wms"))
        apart = [f"{a}.{c} <> {b}.{c}" for a, b in pairs for c in ("quantity_m", *texts)]
        apart += [f"abs({a}.{c} - {b}.{c}) > 1" for a, b in pairs for c in ("amount_minor", "price_minor")]
        apart += [f"abs({a}.{c} - {b}.{c}) > 180" for a, b in pairs for c in ("posted_at", "promised_at")]
        gone = [f"{name}.k IS NULL" for name in SYSTEMS]
        keys = " UNION ".join(f"SELECT k FROM hand_{name}" for name in SYSTEMS)
        joins = " ".join(f"LEFT JOIN hand_{name} {name} ON {name}.k = t.k" for name in SYSTEMS)
        found = run(f"SELECT t.k FROM ({keys}) t {joins} WHERE {' OR '.join(gone + apart)} ORDER BY t.k")
        for name in SYSTEMS:
            run(f"DROP TABLE hand_{name}")
        return len(found)

    def whole(self, column):
        return f"CAST({self.plain(column)} AS bigint)" if self.is_postgres else self.plain(column)

    def plain(self, column):
        return f"data->>'{column}'" if self.is_postgres else f"json_extract(data, '$.{column}')"

    def second(self, column):
        if self.is_postgres:
            return f"CAST(extract(epoch from CAST({self.plain(column)} AS timestamptz)) AS bigint)"
        return f"CAST(strftime('%s', {self.plain(column)}) AS INTEGER)"


if __name__ == "__main__":
    main()
