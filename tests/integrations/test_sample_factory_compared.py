"""Does the comparison of files find every planted fault of a newly drawn world, invent none, and say why?"""
import json
import random
import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from integrations.sample_factory.faults import GROUP_KINDS, REGISTRY
from integrations.sample_factory.files import write_files
from reconciliation.files import compare_files
from reconciliation.findings import finding_of
from reconciliation.profile_yaml import load_profile
from reconciliation.values import read_time

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
PROFILES = {
    "orders": (("erp_order", "wms_order", "crm_order"), ("order",)),
    "inbound": (("erp_posting", "wms_receipt"), ("receipt", "posting")),
    "outbound": (("erp_posting", "wms_shipment"), ("shipment",)),
    "work_orders": (("erp_order_line", "mes_work_order"), ("work_order",)),
    "stock": (("erp_stock", "wms_stock"), ("stock",)),
}
TABLES = ("units", "prices", "boms", "messages", "customers", "codes")


def compare(folder, name):
    text = (folder / f"{name}.yaml").read_text(encoding="utf-8")
    spill = folder / f"spill-{name}"
    spill.mkdir()
    outcome = compare_files(
        load_profile(text), text, {source: folder / f"{source}.csv" for source in PROFILES[name][0]},
        {table: folder / f"{table}.csv" for table in TABLES}, as_of_us=read_time(NOW.isoformat()),
        spill=spill, threads=1,
    )
    return [finding_of(one, outcome.profile) for one in outcome.differences]


def lines_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def number_in(key):
    found = re.search(r"6\d{7}", key)
    return found[0] if found else key


def test_a_faultless_world_has_no_difference(tmp_path):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    write_files(tmp_path, orders=300, seed=seed, now=NOW)
    for name in PROFILES:
        found = [one for one in compare(tmp_path / "compare", name) if one["state"] != "expected"]
        assert found == [], f"seed {seed}, {name}"


# 38747, 214916 and 827427: a shipment's message, held up beyond the instant of the comparison, is missed rightly.
@pytest.mark.parametrize("seed", [None, 38747, 214916, 827427])
def test_planted_faults_are_found_none_invented_and_mostly_explained(tmp_path, seed):
    seed = random.randrange(10**6) if seed is None else seed
    draw = random.Random(seed)
    faults = {kind: draw.uniform(0.002, 0.01) for kind in REGISTRY} | dict.fromkeys(GROUP_KINDS, 0.02)
    print(f"seed {seed}, faults {faults}")
    write_files(tmp_path, orders=1200, seed=seed, now=NOW, faults=faults)
    truth, held_up = (lines_of(tmp_path / name) for name in ("truth.jsonl", "under_way.jsonl"))
    right, wrong = 0, Counter()
    for name, (_, entities) in PROFILES.items():
        planted = [line for line in truth if line["changes_compared"] and line["entity"] in entities]
        findings = {}
        for finding in compare(tmp_path / "compare", name):
            findings.setdefault(number_in(finding["key"]), []).append(finding)
        told = {key for key, about in findings.items() if any(one["state"] != "expected" for one in about)}
        invented = told - {line["order"] for line in planted} - {line["key"] for line in planted}
        invented -= {line["order"] for line in held_up if line["entity"] in entities}
        assert not invented, f"seed {seed}, {name}: invented {[findings[key] for key in sorted(invented)][:3]}"
        for line in planted:
            about = findings.get(number_in(line["key"]), ())
            found = [one for one in about if not line["field"] or one["field"] == line["field"]]
            assert found, f"seed {seed}, {name}: not found {line}"
            causes = {one["causes"][0]["cause"] for one in found if one["state"] != "expected"}
            if not causes:  # so young that it may still be on its way
                continue
            right += line["cause"] in causes
            wrong.update({(line["kind"], *sorted(causes)): line["cause"] not in causes})
    print(f"causes right {right} of {wrong.total() + right}", {key: count for key, count in wrong.items() if count})
    assert right >= 0.9 * (right + wrong.total()), f"seed {seed}"
