"""Do the hub's own records, compared where they lie, say the same byte for byte as the same rows as files?"""
import csv
import io
from datetime import timedelta

import pytest
from django.db import connection

from orders.models import SourceRecord
from reconciliation.actions.run_comparison import read_records
from reconciliation.detect import Detection
from reconciliation.engines.database import RECORD_COLUMNS, DatabaseEngine
from reconciliation.explain import explain
from reconciliation.files import compare_files
from reconciliation.findings import write_findings
from reconciliation.hub_profiles import hub_profile
from reconciliation.key_spine import Spine
from reconciliation.lookups import lookups_of
from reconciliation.models import Profile, ProfileVersion
from reconciliation.records import micro_of, record_text
from reconciliation.rows import columns_of

pytestmark = pytest.mark.django_db
COUNT = 20_000
EVERY = 41
SYSTEMS = ("crm", "erp", "wms")
SPEC = {
    "version": 1, "name": "orders", "record": "erp", "currency": "CNY",
    "key": {"column": "order_number", "normalise": ["trim", "upper", "strip_zeros"]},
    "systems": {"erp": {}, "wms": {}, "crm": {"scope": [{"column": "kind", "not_in": ["draft"]}]}},
    "fields": {
        "quantity_m": {"type": "quantity"}, "amount_minor": {"type": "money", "tolerance": "0.01"},
        "rate_u": {"type": "number", "tolerance": {"relative": "1%"}}, "posted_at": {"max_minutes_between": 3},
        "promised_at": {"type": "time"}, "status": {"type": "text"}, "customer": {"type": "text"},
        "material": {"type": "text"},
    },
}
# what WMS says otherwise → the field that differs by it, or None: at the tolerance is within
SLIPS = (
    ({"quantity_m": 1}, "quantity_m"), ({"amount_minor": 10_001}, None), ({"amount_minor": 10_002}, "amount_minor"),
    ({"rate_u": 101_000_000}, None), ({"rate_u": 101_010_102}, "rate_u"),
    ({"posted_at": "2026-11-22T02:03:00Z"}, None), ({"posted_at": "2026-11-22T02:03:00.000001Z"}, "posted_at"),
    ({"posted_at": "soon"}, "posted_at"), ({"promised_at": "2026-11-30T02:00:01Z"}, "promised_at"),
    ({"status": "shipped"}, "status"), ({"customer": "客户"}, "customer"), ({"material": None}, "material"),
)


def said(number):
    return {"quantity_m": 1000 * (number % 7 + 1), "amount_minor": 10_000, "rate_u": 100_000_000,
            "customer": f"Customer {number % 50}", "posted_at": "2026-11-22T02:00:00Z", "status": "open",
            "promised_at": "2026-11-30T02:00:00Z", "material": f"M{number % 300}", "warehouse": f"W{number % 4}"}


def drawn(systems, scope, at):
    """(records of COUNT orders, {(key, field)} that must be found)."""
    records, expected = [], set()
    for number in range(COUNT):
        key, moment = f"SO{(number * 7919) % 10**6:06}X{number % 7}", at - timedelta(days=2, seconds=number)
        rows = {name: (key, said(number)) for name in SYSTEMS}
        if number % EVERY == 3:
            place = number // EVERY % (len(SLIPS) + 4)
            if place < len(SLIPS):
                rows["wms"][1].update(SLIPS[place][0])
                expected |= {(key, SLIPS[place][1])} if SLIPS[place][1] else set()
            elif place == len(SLIPS):
                rows["wms"] = (f" 0{key.lower()}", said(number))
            else:
                slip = place - len(SLIPS)
                if slip == 1:
                    del rows["wms"]
                elif slip == 2:
                    rows["crm"][1]["kind"] = "draft"
                else:
                    rows["again"] = rows["wms"]
                expected.add((key, ""))
        for name, (written, data) in rows.items():
            system = systems["wms" if name == "again" else name]
            records.append(SourceRecord(
                system=system, entity="order", key=written + ("-2" if name == "again" else ""), order_number=written,
                data=data, status_raw=data["status"], scope=scope, occurred_at=moment,
                received_at=moment + timedelta(seconds=20),
                first_received_at=moment + timedelta(seconds=20), payload_hash=f"{number}{name}"))
    return records, expected


def lines(differences, profile):
    stream = io.StringIO()
    write_findings(differences, profile, stream)
    return stream.getvalue().splitlines()


def in_place(profile, version, systems, at):
    ids = {name: systems[name].pk for name in SYSTEMS}
    spine = Spine(connection, profile, version.pk, ids)
    spine.renew()
    engine = DatabaseEngine(profile, lookups_of(profile, {}), connection, ids, read_records, spine)
    try:
        engine.prepare()
        detection = Detection(profile, engine, micro_of(at))
        differences = detection.run()
        explain(profile, engine, detection, differences)
    finally:
        engine.close()
    return differences


def as_files(folder, profile, systems, at, **options):
    """The same records written as csv, every column of theirs that the profile reads."""
    paths = {}
    for name in SYSTEMS:
        paths[name], header = folder / f"{name}.csv", columns_of(profile, name)
        with paths[name].open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(header)
            for record in SourceRecord.objects.filter(system=systems[name]).values(*RECORD_COLUMNS).iterator():
                writer.writerow([record_text(record, column) or "" for column in header])
    return compare_files(profile, "", paths, {}, as_of_us=micro_of(at), spill=folder, threads=1,
                         **options).differences


def test_records_in_place_and_as_files_say_the_same(systems, scopes, company, at, tmp_path):
    records, expected = drawn(systems, scopes[0], at)
    SourceRecord.objects.bulk_create(records, batch_size=2000)
    profile = hub_profile(SPEC, dict.fromkeys(SYSTEMS, (0, None)))
    one = Profile.objects.create(code="p", company=company, scope=scopes[0], name_en="p", name_zh="p")
    version = ProfileVersion.objects.create(profile=one, number=1, spec=SPEC, published_at=at)
    here = in_place(profile, version, systems, at)
    assert {(d.key, d.field) for d in here} == expected and len(here) == len(expected) > 300
    there = as_files(tmp_path, profile, systems, at)
    assert lines(here, profile) == lines(there, profile)


# what ERP, WMS and CRM write → do they mean the same?
TEXTS = (
    ("NEW", "OLD", "NEW", True), ("NEW", "old", "OLD", True), ("NEW", " old ", "new", True),
    ("NEW", "older", "NEW", False), ("A1", "7", "A1", True), ("7", "7", "A1", False), ("X", "", "X", False),
    ("lower", "LOWER", "LoWer", True), ("NEW", "w", "NEW", True), ("NEW", "W", "NEW", False), ("W", "W", "W", True),
    ("007", "0", "7", False), ("000", "0", "00", True), ("K", "0k", "00K", True), ("C9", "c9", "C9", True),
    ("NEW", "00old", "Old", True),
)


@pytest.mark.parametrize("engine", ["duckdb", "sqlite"])
def test_a_map_of_texts_means_the_same_in_files_and_in_the_hub(systems, scopes, company, at, tmp_path, engine):
    """A text is looked up as written, then as smoothed; what holds for one system goes before what holds for all."""
    spec = {**SPEC, "systems": {name: {} for name in SYSTEMS}, "fields": {"customer": {
        "type": "text", "normalise": ["trim", "upper", "strip_zeros"],
        "map": {"OLD": "NEW", "w": "NEW", "wms": {"7": "A1", "C9": "C9"}, "erp": {"C9": "C9"}}}}}
    SourceRecord.objects.bulk_create(
        SourceRecord(system=systems[name], entity="order", key=f"{n:03d}", order_number=f"A{n:03d}",
                     data={"customer": text}, scope=scopes[0], occurred_at=at - timedelta(days=2),
                     received_at=at - timedelta(days=2), first_received_at=at - timedelta(days=2),
                     payload_hash=f"{n}{name}")
        for n, (erp, wms, crm, _same) in enumerate(TEXTS) for name, text in (("erp", erp), ("wms", wms), ("crm", crm)))
    profile = hub_profile(spec, dict.fromkeys(SYSTEMS, (0, None)))
    one = Profile.objects.create(code="p", company=company, scope=scopes[0], name_en="p", name_zh="p")
    version = ProfileVersion.objects.create(profile=one, number=1, spec=spec, published_at=at)
    here = in_place(profile, version, systems, at)
    assert [d.key for d in here] == [f"A{n:03d}" for n, said in enumerate(TEXTS) if not said[-1]]
    assert lines(here, profile) == lines(as_files(tmp_path, profile, systems, at, engine=engine), profile)
