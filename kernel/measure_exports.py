"""How does a page of figures leave as a workbook, a sheet a table, counts beside every share?"""
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from kernel import measures
from kernel.excel import Column, SafeWorkbook
from kernel.job_files import exports
from kernel.measures import BAR, MOMENT, NUMBER, SHARE, TIME
from kernel.models import User

KINDS = {NUMBER: "int", SHARE: "percent", TIME: "int", MOMENT: "datetime"}


def export_figures(progress, *, user_id, code, asked, at, language):
    """Handler of the job: writes what this person's page shows. Returns {file, name, rows}."""
    user, now, one = User.objects.get(pk=user_id), datetime.fromisoformat(at), measures.measure(code)
    target, rows = exports() / f"{progress.job_id}.xlsx", 0
    with translation.override(language), SafeWorkbook(zone=settings.HUB_TIME_ZONE) as book:
        found = measures.shown(one, user, asked, now)
        for table in found.tables:
            kept = [place for place, head in enumerate(table.heads) if head.kind != BAR]
            sheet = book.sheet(table.title, [_column(table.heads[place]) for place in kept], freeze_columns=1)
            sheet.extend([_plain(row.cells[place]) for place in kept] for row in table.rows)
            rows += len(table.rows)
        about = book.sheet(_("About"), [Column(str(_("What"))), Column(str(_("Value")), width=60)])
        about.extend(_about(found, asked, now))
        book.save(target)
    return {"file": target.name, "name": f"figures-{code}-{now:%Y%m%d-%H%M}.xlsx", "rows": rows}


def _column(head):
    name = _("%(name)s, seconds") % {"name": head.name} if head.kind == TIME else str(head.name)
    return Column(name, KINDS.get(head.kind, "text"), width=30 if head.kind not in KINDS else 0)


def _plain(cell):
    if isinstance(cell, measures.Share):
        return cell.ratio
    if isinstance(cell, measures.Seconds):
        return cell.value
    return cell if isinstance(cell, (int, datetime)) or cell is None else str(cell)


def _about(found, asked, now):
    yield [str(_("Said")), str(found.sentence)]
    yield [str(_("As of")), found.as_of.astimezone(measures.zone()).strftime("%Y-%m-%d %H:%M:%S")]
    yield [str(_("Period")), str(measures.weeks_name(int(asked["weeks"])))]
    chosen = {name: dict(choices) for name, _label, choices in found.choices}
    for name, value in asked.items():
        said = chosen.get(name, {}).get(value) or found.named.get(name)
        if said:
            yield [str(_("Filter")), str(said)]
    for note in found.notes:
        yield [str(_("Note")), str(note)]
