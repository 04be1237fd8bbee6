"""Which rows is a profile tried on while it is built: the first of dropped files, the newest of connected systems?"""

from functools import lru_cache

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from desk.files import guessing
from desk.files.dropping import read_sample
from desk.profiles.guessing import Table
from integrations.models import ImportFile
from kernel.job_files import uploads
from kernel.money import MONEY, may_see_money
from orders.models import SourceRecord
from orders.words import ENTITIES, FIELDS, word
from reconciliation.records import OWN_TEXT, OWN_TIME, record_text
from reconciliation.rows import columns_of
from reconciliation.speech import system_label

MOST = 20_000  # rows of a file that are looked at
NEWEST = 5_000  # records of a system
OFFERED = ("key", "order_number", "line_number", "parent_key", "occurred_at", "status_raw")


class Rows:
    """`header` and `rows` of texts; `is_cut` when there are more than were read; `axis` of records' states."""

    def __init__(self, header, rows, is_cut, axis=""):
        self.header, self.rows, self.is_cut, self.axis = header, rows, is_cut, axis


@lru_cache(maxsize=8)
def _file_rows(path):
    """A dropped file is named by its content, so what was read of it stays true."""
    sample = read_sample(uploads() / path, most=MOST)
    return Rows(sample.header, sample.rows, sample.is_cut)


def file_rows(row):
    return _file_rows(row.path)


def samples_of(draft_files, profile, user):
    """{system: Rows} of a profile's systems; a file that is gone is left out. Raises TableRefusal."""
    if draft_files:
        known = {one.pk: one for one in ImportFile.objects.visible_to(user).filter(pk__in=draft_files.values())}
        return {name: file_rows(known[draft_files[name]]) for name in profile.systems
                if draft_files.get(name) in known and (uploads() / known[draft_files[name]].path).is_file()}
    return {name: record_rows(system.source, system.entity, user, columns_of(profile, name))
            for name, system in profile.systems.items()}


def record_rows(code, entity, user, wanted=()):
    """Rows of the newest records of one system that this person may see, with amounts only for who may see those."""
    found = SourceRecord.objects.visible_to(user).filter(system__code=code, entity=entity, is_retracted=False)
    records = list(found.order_by("-order_number", "-key").values(
        *(OWN_TEXT | OWN_TIME) - {"parent_entity"}, "parent_entity", "data", "sequence", "closed")[: NEWEST + 1])
    header = _header(records, user, wanted)
    rows = [[record_text(one, column) for column in header] for one in records[:NEWEST]]
    return Rows(header, rows, len(records) > NEWEST, next((one["data"].get("axis", "") for one in records), ""))


def _header(records, user, wanted):
    names = dict.fromkeys(OFFERED)
    for one in records[:500]:
        names.update(dict.fromkeys(name for name, value in one["data"].items() if not isinstance(value, (dict, list))))
    names.pop("axis", None)  # which side of an order a state is about, not a thing to compare
    names.update(dict.fromkeys(wanted))
    hidden = set() if may_see_money(user) else MONEY
    return [name for name in names if name not in hidden]


def file_table(row, name, label):
    rows = file_rows(row)
    return Table(name, {"en": label, "zh": label}, guessing.describe(rows.header, rows.rows))


def record_table(code, entity, user, name):
    rows = record_rows(code, entity, user)
    columns = [one for one in guessing.describe(rows.header, rows.rows) if one.kind != "nothing"]
    for place, one in enumerate(columns):
        one.place = place
        one.concept = "key" if one.name in ("order_number", "key", "parent_key") else one.concept
    types = {one.place: kind for one in columns if (kind := type_of(one.name))}
    words = {one.name: in_both(said_column, one.name) for one in columns}
    return Table(name, in_both(said_source, code, entity), columns, {"source": code, "entity": entity}, types, words,
                 axis=rows.axis)


def name_apart(tables):
    """Call connected systems by their short names: “ERP”, with the kind of record only where it tells them apart."""
    entities = {table.extra["entity"] for table in tables}
    for table in tables:
        if len(entities) == 1:
            table.label = in_both(system_label, table.extra["source"])


def title_of(tables):
    """{en, zh}: what a comparison of these tables is called at first."""
    kinds = {table.extra.get("entity", "") for table in tables}
    found = {}
    for lang, language in (("en", "en"), ("zh", "zh-hans")):
        with translation.override(language):
            names = join_words([table.label[lang] for table in tables])
            if len(kinds) == 1 and "" not in kinds:
                kind = str(word(ENTITIES, kinds.copy().pop()))
                names = _("%(kind)s: %(systems)s") % {"kind": kind[:1].upper() + kind[1:], "systems": names}
            found[lang] = names[:110]
    return found


def join_words(names):
    """“A, B and C” in the reader's language."""
    *first, last = names
    listed = pgettext("between names", ", ").join(first)
    return _("%(first)s and %(last)s") % {"first": listed, "last": last} if first else last


def in_both(say, *given):
    """{en, zh} of what a function says in the reader's language."""
    found = {}
    for lang, language in (("en", "en"), ("zh", "zh-hans")):
        with translation.override(language):
            found[lang] = str(say(*given))
    return found


def type_of(column):
    """What a record's field holds, told by its name."""
    if column == "status":
        return "code"
    for ending, kind in (("_m", "quantity"), ("_minor", "money"), ("_u", "number"), ("_at", "time")):
        if column.endswith(ending):
            return kind
    return "text"


def said_source(code, entity):
    """“ERP invoice”, as people call a kind of record of a system."""
    return f"{system_label(code)} {word(ENTITIES, entity)}"


def said_column(name):
    """A record's field in the reader's words."""
    own = {"key": _("own number"), "order_number": _("order number"), "line_number": _("line"),
           "parent_key": _("number of the document above"), "parent_entity": _("kind of the document above"),
           "occurred_at": _("occurred"),
           "status_raw": _("status as written"), "unit_raw": _("unit as written")}
    return own.get(name) or str(word(FIELDS, name))
