"""How do a run's differences leave as a workbook, as far as this person may see them?"""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.excel import Column, SafeWorkbook
from kernel.job_files import exports
from kernel.models import User
from reconciliation.causes.fixes import FIXES
from reconciliation.causes.names import cause_name
from reconciliation.models import Run
from reconciliation.panels import differences_of
from reconciliation.seen import groups_seen


def export_run(progress, *, run_id, user_id, language):
    """Handler of the job: groups first, then every difference, its values side by side. Returns {file, name, rows}."""
    user = User.objects.get(pk=user_id)
    run = Run.objects.select_related("profile").visible_to(user).get(pk=run_id)
    target = exports() / f"{progress.job_id}.xlsx"
    with translation.override(language), SafeWorkbook(zone=settings.HUB_TIME_ZONE) as book:
        short = "zh" if language.startswith("zh") else "en"
        _groups(book, run, user, short)
        count = _differences(book, run, user, short, progress)
        book.save(target)
    return {
        "file": target.name,
        "name": f"{run.profile.code}-{run.pk}.xlsx",
        "rows": count,
        "link": f"/runs/{run.pk}/",
    }


def _groups(book, run, user, short):
    found = groups_seen(run, differences_of(run, user), user)
    if not found:
        return
    sheet = book.sheet(
        pgettext("differences", "Groups"),
        [
            Column(str(_("Cause"))),
            Column(str(_("Where"))),
            Column(str(_("Value"))),
            Column(str(_("Differences")), "int"),
            Column(str(_("Sentence")), width=70),
        ],
    )
    sheet.extend(
        [cause_name(one.cause, short), one.dimension, one.value, one.hits,
         getattr(one, f"sentence_{short}") if one.is_whole else ""]
        for one in found
    )


def _differences(book, run, user, short, progress):
    found = differences_of(run, user).select_related("order")
    systems = sorted(str(one) for one in run.systems or []) or sorted(
        {name for values in found.values_list("values", flat=True)[:500] for name in values or {}}
    )
    sheet = book.sheet(
        _("Differences"),
        [
            Column(str(_("Key")), "key"),
            Column(str(_("Kind"))),
            Column(str(_("Field"))),
            *[Column(one.upper()) for one in systems],
            Column(str(_("Cause")), width=22),
            Column(str(_("How sure"))),
            Column(str(_("Sentence")), width=70),
            Column(str(_("What to do")), width=50),
            Column(str(_("State"))),
            Column(str(_("Since")), "datetime"),
        ],
        freeze_columns=1,
    )
    done, total = 0, found.count()
    for one in found.order_by("cause", "key", "pk").iterator(chunk_size=500):
        sheet.append(_row(one, systems, short))
        done += 1
        if done % 500 == 0:
            progress(done, total, "")
    return done


def _row(one, systems, short):
    first = (one.causes or [{}])[0]
    fix = FIXES.get(one.cause, ("", ""))
    return [
        one.key,
        one.get_kind_display(),
        one.field,
        *[(one.values or {}).get(name) for name in systems],
        cause_name(one.cause, short),
        one.confidence,
        (first.get("sentence") or {}).get(short, ""),
        fix[1] if short == "zh" else fix[0],
        one.get_state_display(),
        one.opened_at,
    ]
