"""Can a person who knows their files build a profile without code, and does it stay as it was published?"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kernel import jobs
from kernel.models import JobRun
from orders.models import SourceRecord
from reconciliation.models import Difference, Profile, ProfileDraft, ProfileVersion
from reconciliation.profile_yaml import load_profile, write_yaml

ERP = "\n".join(["订单号,数量,金额", *[f"000{n},{n},{n}.00" for n in range(100, 140)]])
WMS = "\n".join(["单据,件数", *[f"{n},{n + (3 if n == 107 else 0)}" for n in range(100, 139)]])


@pytest.fixture
def bench(staff, company, scopes, settings, tmp_path):
    """A client whose first draft, of two files, is on the bench."""
    settings.VAR_DIR = tmp_path
    client = staff("order_operations")
    files = [SimpleUploadedFile("ERP导出.csv", ERP.encode("gb18030")), SimpleUploadedFile("wms.csv", WMS.encode())]
    client.address = client.post("/profiles/new/", {"files": files}).url
    return client


def form_of(client, address=None):
    """What the page would send if nothing were changed."""
    state = client.get(address or client.address).context["state"]
    form = {"name_zh": state.name_zh, "name_en": state.name_en, "record": state.record, "currency": state.currency,
            "zone": state.zone} | {f"step_{step}": "on" for step in state.steps}
    for i, one in enumerate(state.systems):
        form |= {f"label_{i}": one.label, f"prefix_{i}": one.prefix, f"zone_{i}": one.zone, f"grace_{i}": one.grace}
        form |= {f"key_{i}_{part}": column for part, column in enumerate(one.key)}
        form |= {f"complete_{i}": "on"} if one.complete else {}
    for f, one in enumerate(state.fields):
        form |= {f"field_{f}": one.name, f"on_{f}": "on", f"label_f_{f}": one.label, f"type_{f}": one.type,
                 f"absolute_{f}": one.absolute, f"relative_{f}": one.relative, f"severity_{f}": one.severity,
                 f"authority_{f}": one.authority, f"factors_{f}": one.factors, f"codes_{f}": one.codes}
        form |= {f"col_{f}_{i}": column for i, column in enumerate(one.columns)}
    return form


def quantity(client, form):
    """The place of the field that compares quantities."""
    return next(f for f in range(9) if form.get(f"col_{f}_0") in ("数量", "件数"))


def test_two_files_are_matched_and_what_differs_is_shown(bench):
    page = bench.get(bench.address).content.decode()
    assert "<b>39</b> numbers are in all of them" in page and '<b class="risk-ink">1</b> of them differs' in page
    assert ">107<" in page and ">110<" in page and "only in ERP导出" in page


def test_the_panel_follows_what_is_typed_and_keeps_nothing(bench):
    form = form_of(bench)
    panel = bench.post(bench.address + "look/", form | {f"absolute_{quantity(bench, form)}": "3"}).content.decode()
    assert "and all agree" in panel and "of them differ" not in panel
    panel = bench.post(bench.address + "look/", {k: v for k, v in form.items() if k != "step_strip_zeros"})
    assert "No number is in all of them." in panel.content.decode()
    panel = bench.post(bench.address + "look/", form | {f"absolute_{quantity(bench, form)}": "a bit"}).content.decode()
    assert "a bit" in panel and "late-ink" in panel
    assert "tolerance" not in str(ProfileDraft.objects.get().spec["fields"])


def test_a_published_version_stays_and_the_next_one_says_what_it_changed(bench):
    form = form_of(bench)
    response = bench.post(bench.address, form | {"do": "publish", "name_en": "Orders east", "name_zh": "华东订单"})
    assert response.url == "/profiles/orders-east/"
    first = ProfileVersion.objects.get()
    assert (first.number, first.profile.of_files, first.profile.is_active) == (1, True, False)
    # published is published: the same address leads to the profile, and a post changes nothing
    assert bench.post(bench.address, form | {"do": "keep"}).status_code == 302
    address = bench.post("/profiles/orders-east/again/").url
    form = form_of(bench, address)
    place = quantity(bench, form)
    changed = form | {f"absolute_{place}": "5", f"relative_{place}": "1", f"severity_{place}": "high", "do": "publish"}
    panel = bench.post(address + "look/", changed).content.decode()
    for text in ("Changed against the published version", "<del>0</del>", "<ins>5</ins>", "<ins>1 %</ins>"):
        assert text in panel
    bench.post(address, changed)
    first.refresh_from_db()
    second = ProfileVersion.objects.get(number=2)
    assert "tolerance" not in str(first.spec)
    field = next(one for one in second.spec["fields"].values() if one["type"] == "quantity")
    assert (field["tolerance"], field["severity"]) == ({"absolute": "5", "relative": "1%"}, "high")
    page = bench.get("/profiles/orders-east/").content.decode()
    assert "<ins>5</ins>" in page and "tolerance" in page


def test_two_people_do_not_publish_over_each_other(bench):
    bench.post(bench.address, form_of(bench) | {"do": "publish", "name_en": "Twice"})
    one, other = (bench.post("/profiles/twice/again/").url for _ in range(2))
    bench.post(one, form_of(bench, one) | {"do": "publish"})
    page = bench.post(other, form_of(bench, other) | {"do": "publish"}).content.decode()
    assert "Version 2 was published after this draft was begun." in page
    assert ProfileVersion.objects.count() == 2


def test_published_files_are_compared_and_new_ones_by_the_same_profile(bench):
    bench.post(bench.address, form_of(bench) | {"do": "publish", "name_en": "Mine"})
    bench.post("/profiles/mine/compare/")
    assert jobs.run(JobRun.objects.get().pk) == "done"
    assert set(Difference.objects.values_list("key", "kind")) == {("107", "value"), ("139", "missing")}
    mended = WMS.replace("107,110", "107,107").encode()
    bench.post("/profiles/mine/compare/", {"file_0": SimpleUploadedFile("e.csv", ERP.encode()),
                                           "file_1": SimpleUploadedFile("w.csv", mended)})
    assert jobs.run(JobRun.objects.latest("pk").pk) == "done"
    assert Difference.objects.get(key="107").state == Difference.RESOLVED


def test_yaml_is_the_same_specification(bench):
    text = bench.get(bench.address + "yaml/").content.decode()
    draft = ProfileDraft.objects.get()
    assert text == write_yaml(draft.spec) and len(load_profile(text).fields) == 1
    bench.post(bench.address, form_of(bench) | {"do": "publish", "name_en": "Mine"})
    response = bench.get("/profiles/mine/1/yaml/")
    kept, begun = load_profile(response.content.decode()), load_profile(text)
    assert (kept.systems, kept.fields) == (begun.systems, begun.fields) and kept.title["en"] == "Mine"
    assert "mine-v1.yaml" in response["Content-Disposition"]


@pytest.mark.parametrize("typed,said", [
    ({"absolute_0": "1,5x"}, "fields."), ({"grace_0": "soon"}, "“soon” is no span of time, such as 3m, 2h or 1d."),
    ({"col_0_1": ""}, "Choose a column in at least two systems, or none."),
    ({"key_1_0": ""}, "Choose the column that holds the number."),
    ({"factors_0": "box"}, "“box”: write one pair a line, such as box = 12."),
    ({"factors_0": "box = many"}, "many"), ({"zone_0": "Moon/Base"}, "Moon/Base"),
])
def test_what_is_typed_wrong_is_said_in_a_sentence_and_nothing_typed_is_lost(bench, typed, said):
    form = form_of(bench) | typed | {"type_0": "quantity", "name_zh": "还在", "do": "publish"}
    response = bench.post(bench.address, form)
    page = response.content.decode()
    assert response.status_code == 200 and said.replace("fields.", "1,5x") in page and 'value="还在"' in page
    assert not ProfileVersion.objects.exists()


def test_one_file_or_a_picture_is_refused_in_words(staff, company, scopes, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    client = staff("order_operations")
    page = client.post("/profiles/new/", {"files": [SimpleUploadedFile("a.csv", b"k\n1\n")]}).content.decode()
    assert "Choose two to four files" in page
    page = client.post("/profiles/new/", {"files": [
        SimpleUploadedFile("a.csv", b"k,q\n1,2\n"), SimpleUploadedFile("b.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64)]})
    assert "b.png: " in page.content.decode() and not ProfileDraft.objects.exists()


def test_connected_systems_are_compared_by_their_newest_records(staff, company, scopes, systems, at):
    for n in range(30):
        for code, more in (("erp", 0), ("wms", n == 4)):
            SourceRecord.objects.create(
                system=systems[code], entity="order", key=f"{code}{n}", order_number=f"SO{n:03d}", scope=scopes[0],
                data={"quantity_m": (10 + n + more) * 1000, "amount_minor": 100 * n, "currency": "CNY"},
                occurred_at=at, received_at=at, first_received_at=at, payload_hash="x")
    client = staff("order_operations")
    address = client.post("/profiles/new/", {"source": ["erp:order", "wms:order"]}).url
    page = client.get(address).content.decode()
    assert "<b>30</b> numbers are in all of them" in page and ">SO004<" in page
    client.post(address, form_of(client, address) | {"do": "publish", "name_en": "Live", "every": "15"})
    profile = Profile.objects.get()
    assert (profile.of_files, profile.is_active, profile.every_minutes) == (False, True, 15)
    from reconciliation.actions import run_comparison

    run_comparison(profile=profile, by=None, at=at)
    assert list(Difference.objects.values_list("key", "field")) == [("SO004", "quantity_m")]


def test_who_may_not_see_amounts_sees_none_while_building(staff, company, scopes, systems, at):
    for code in ("erp", "wms"):
        SourceRecord.objects.create(
            system=systems[code], entity="order", key="1", order_number="SO1", scope=scopes[0], occurred_at=at,
            data={"quantity_m": 1000, "amount_minor": 77001, "currency": "CNY"}, received_at=at,
            first_received_at=at, payload_hash="x")
    client = staff("order_operations")
    assert "amount_minor" in str(client.get(client.post(
        "/profiles/new/", {"source": ["erp:order", "wms:order"]}).url).content)
    group = client.user.groups.get()
    group.permissions.remove(*group.permissions.filter(codename="see_finance"))
    address = client.post("/profiles/new/", {"source": ["erp:order", "wms:order"]}).url
    assert "amount_minor" not in str(client.get(address).content) and "770.01" not in str(client.get(address).content)


def test_another_scope_does_not_find_the_draft(bench, staff, scopes):
    other = staff("order_operations", scopes[1], username="other")
    assert other.get(bench.address).status_code == 404
    assert other.post(bench.address + "look/").status_code == 404


def test_building_needs_its_right_and_publishing_its_own(bench, staff):
    assert bench.get("/profiles/").status_code == 200
    auditor = staff("auditor", username="auditor")
    assert auditor.get("/profiles/").status_code == 200 and auditor.get("/profiles/new/").status_code == 403
