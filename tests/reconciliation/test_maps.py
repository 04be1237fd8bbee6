"""Does a code that means something else in one system mean it there alone, in files and in the hub?"""
import pytest

from orders.models import SourceRecord
from reconciliation.errors import ProfileError
from reconciliation.models import Difference, ProfileVersion
from reconciliation.profile_yaml import load_profile
from tests.reconciliation.comparing import findings_of, short
from tests.reconciliation.test_run_comparison import SPEC, agree, compare, profile, say  # noqa: F401

YAML = """
version: 1
name: orders
record: erp
key: no
systems: {erp: {}, wms: {}}
fields:
  status: {type: code, map: {erp: {10: open}, wms: {10: shut, 20: open, 100%: open}, 30: gone}}
  customer: {type: text, map: {wms: {C2: C1}}}
"""


def rows(*said):
    return [{"no": str(place), "status": status, "customer": customer} for place, (status, customer) in enumerate(said)]


@pytest.mark.pure
@pytest.mark.parametrize("engine", ["duckdb", "sqlite"])
def test_in_files(tmp_path, engine):
    erp = rows(("10", "C1"), ("10", "C1"), ("30", "C2"), ("10", "C1"), ("10", "C1"))
    wms = rows(("20", "C2"), ("10", "C1"), ("30", "C3"), ("100%", "C1"), ("20", " C2 "))
    found = findings_of(tmp_path, YAML, {"erp": erp, "wms": wms}, engine=engine)
    assert short(found) == [("1", "value", "status"), ("2", "value", "customer")]


@pytest.mark.pure
@pytest.mark.parametrize("given", ["type: code, map: {tms: {1: a}}", "type: quantity, map: {wms: {1: a}}"])
def test_of_a_system_that_takes_no_part_it_is_refused(given):
    with pytest.raises(ProfileError):
        load_profile(YAML.replace("type: code, map: {erp: {10: open}, wms: {10: shut, 20: open, 100%: open}, 30: gone}",
                                  given))


@pytest.mark.django_db
def test_in_the_hub_by_what_the_system_wrote(profile, say, at):  # noqa: F811
    agree(say)
    for n in range(12):
        say("erp", f"60{n:03d}", quantity_m=5_000, amount_minor=12_345, posted_at="2026-11-22T02:00:00Z",
            currency="CNY", status="shipped", customer="C1")
        say("wms", f"60{n:03d}", quantity_m=5_000, posted_at="2026-11-22T02:00:00Z", status="packed", customer="C'2%")
    SourceRecord.objects.filter(system__code="wms", order_number__lt="60006").update(status_raw="部分")
    fields = {**SPEC["fields"], "status": {"type": "code", "columns": {"erp": "status", "wms": "status"}},
              "customer": {"type": "text", "columns": {"erp": "customer", "wms": "customer"}}}
    for number, maps, left in (
            (2, {}, {"status": 12, "customer": 12}),
            (3, {"status": {"wms": {"部分": "shipped"}}, "customer": {"wms": {"C'2%": "C1"}}}, {"status": 6}),
            (4, {"status": {"wms": {"packed": "shipped"}}, "customer": {"erp": {"C'2%": "C1"}}}, {"customer": 12})):
        spec = {**SPEC, "fields": {name: {**one, **({"map": maps[name]} if name in maps else {})}
                                   for name, one in fields.items()}}
        ProfileVersion.objects.create(profile=profile, number=number, spec=spec, published_at=at)
        compare(profile, at)
        still = Difference.objects.exclude(state="resolved")
        assert {name: n for name in fields if (n := still.filter(field=name).count())} == left
