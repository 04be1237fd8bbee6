"""Runs of comparisons, what they found, and what is done about each difference."""

from datetime import date, datetime, time
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from exceptions.knowledge import articles_of
from exceptions.rights import may_open
from kernel.errors import Refusal
from kernel.jobs import ask_for_job
from kernel.models import User
from kernel.money import is_money, may_see_money, without_money
from kernel.pages import answer, back, chosen, draw, require, staff_page, whole
from kernel.templatetags.hub import capped
from orders.listing import of_order
from orders.models import Order
from reconciliation import actions
from reconciliation.actions.deciding import DECIDED
from reconciliation.decision_columns import may_decide
from reconciliation.hub_profiles import has_gap
from reconciliation.listing import AT_REST, NARROWING, narrowed
from reconciliation.models import DecisionFile, Difference, Profile, Run
from reconciliation.panels import differences_of, labelled, seen_by
from reconciliation.picture import Picture
from reconciliation.replay import CHANGED, LOST, SAME, WITHOUT, WORDED, Replay
from reconciliation.replaying import replayed
from reconciliation.rights import people_for, verbs_for
from reconciliation.seen import counts_seen, error_seen, groups_seen, sees_everything
from reconciliation.speech import labels_of
from reconciliation.strays import kin_of
from reconciliation.tickets import tickets_about, tickets_of_groups
from reconciliation.tried import fixes_of_groups, said_fix

PAGE = 50
OPEN_ONES = (*Difference.OPEN_STATES, Difference.EXPECTED)
CAP = 10_000
TREND = 14
PEOPLE = 200
TABS = {
    "open": gettext_lazy("Open"),
    "mine": gettext_lazy("Mine"),
    "accepted": gettext_lazy("Accepted"),
    "expected": gettext_lazy("Expected"),
    "resolved": gettext_lazy("Resolved"),
    "all": gettext_lazy("All"),
}
# Verb → (action, what the person's words are called in it); who may: reconciliation.rights.
VERBS = {
    "accept": ("accept_difference", "reason"),
    "invalid": ("mark_invalid", "reason"),
    "fixed": ("resolve_difference", "note"),
    "assign": ("assign_difference", ""),
    "reopen": ("reopen_difference", "reason"),
    "comment": ("comment_difference", "text"),
}
BULK = ("assign", "accept", "fixed")  # what is done to many at once
DONE = {
    "accept": gettext_lazy("The difference is accepted."),
    "invalid": gettext_lazy("The difference is marked as invalid."),
    "fixed": gettext_lazy("Claimed as fixed; the next comparison checks it."),
    "assign": gettext_lazy("The difference is assigned."),
    "reopen": gettext_lazy("The difference is open again."),
    "comment": gettext_lazy("The comment is kept."),
}

CHECKED = {
    SAME: gettext_lazy("Checked again on what was known then: the same causes, for the same reasons."),
    WORDED: gettext_lazy("Checked again on what was known then: the same causes, said in other words by now."),
    CHANGED: gettext_lazy("Checked again on what was known then, the causes come out otherwise. The next comparison "
                          "says what holds now."),
    LOST: gettext_lazy("It cannot be checked: the rule has changed since, and its old form is not kept."),
    WITHOUT: gettext_lazy("It cannot be checked: it was stored before what was known then was kept with it."),
}


@staff_page("reconciliation.view_run")
def run_list(request):
    """Each comparison with its trend, and the latest runs."""
    profiles = list(Profile.objects.visible_to(request.user).select_related("department").order_by("code"))
    regular = Run.objects.visible_to(request.user).filter(is_recheck=False)
    runs = _said(regular.select_related("profile").order_by("-id")[:PAGE], request.user)
    for profile in profiles:
        done = profile.runs.filter(state=Run.DONE, is_recheck=False)
        its = _said(done.order_by("-id")[:TREND], request.user)[::-1]
        profile.trend = _trend([(one.pk, one.said["open"]) for one in its if "open" in one.said])
        profile.is_published = profile.versions.exists()
        profile.last, profile.every_s = its[-1] if its else None, profile.every_minutes * 60
        profile.open_count = (
            seen_by(request.user).filter(profile=profile, state__in=Difference.OPEN_STATES)[: CAP + 1].count()
        )
    profiles.sort(key=lambda one: -one.open_count)  # what needs a look first
    return draw(
        request,
        "reconciliation/runs.html",
        page_title=_("Comparisons"),
        profiles=profiles,
        runs=runs,
        now=timezone.now(),
        is_whole=sees_everything(request.user),
        may_run=request.user.has_perm("reconciliation.run_profile"),
    )


def _said(runs, user):
    """The runs, each with `said`: its counts as far as this person may know them."""
    runs = list(runs)
    for run in runs:
        run.said = counts_seen(run, user)
    return runs


def _trend(points):
    """{"points": "x,y …", "last": …} of a line 120 × 26 on a zero base, or None."""
    if len(points) < 3:
        return None  # two points are no trend
    top = max(count for _pk, count in points) or 1
    step = 116 / (len(points) - 1)
    line = " ".join(
        f"{2 + place * step:.1f},{24 - 21 * count / top:.1f}" for place, (_pk, count) in enumerate(points)
    )
    return {"line": line, "first": points[0][1], "last": points[-1][1]}


@require_POST
@staff_page("reconciliation.run_profile")
def run_start(request, code):
    """Ask for a comparison now; the job's page shows how far it is."""
    profile, now = get_object_or_404(Profile.objects.visible_to(request.user), code=code), timezone.now()
    try:
        job = ask_for_job(
            kind="run_comparison",
            key=f"run_comparison:{code}:{now:%Y%m%d%H%M%S}",
            args={"profile": profile.code, "user_id": request.user.pk},
            by=request.user,
            at=now,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("runs")
    return redirect("job", pk=job.pk)


@staff_page("reconciliation.view_run")
def run_page(request, pk):
    """One run: groups first, then causes by system, then the differences."""
    run = get_object_or_404(Run.objects.visible_to(request.user).select_related("profile", "version", "job"), pk=pk)
    asked = {name: request.GET.get(name, "")[:60] for name in (*NARROWING, "before")}
    found = differences_of(run, request.user)
    groups, whole_picture = _groups(run, found, request.user), _picture(found)
    view = {**asked, "state": asked["state"] or Difference.OPEN}
    rows, more = _page(narrowed(found, view), asked["before"])
    regular = Run.objects.filter(profile=run.profile, is_recheck=False).order_by("-id")
    return draw(
        request,
        "reconciliation/run.html",
        page_title=f"{run.profile.name} #{run.pk}",
        page_parent=("/runs/", _("Comparisons")),
        run=run,
        labels=labels_of(run.spec),
        groups=groups,
        group=next((one for one in groups if one.code == asked["group"]), None),
        kept=urlencode({"group": asked["group"]}) + "&" if asked["group"] else "",
        is_whole=sees_everything(request.user),
        error=error_seen(run, request.user),
        whole=whole_picture,
        picture=_picture(found, asked["group"]) if asked["group"] else whole_picture,
        at_rest=_at_rest(found),
        view=view,
        differences=rows,
        more=more,
        asked=asked,
        counts=_said_counts(run, request.user),
        unkept=counts_seen(run, request.user).get("unkept", 0),
        values_of=_systems_in(rows, run),
        is_narrowed=any(asked[name] for name in NARROWING),
        query=urlencode({name: asked[name] for name in NARROWING if asked[name]}),
        **_bulk(request.user, rows),
        may_decide=may_decide(request.user),
        brought_back=DecisionFile.objects.visible_to(request.user).filter(run=run, dropped_by=request.user)[:3],
        before=regular.filter(pk__lt=run.pk).first(),
        latest=regular.filter(pk__gt=run.pk, state=Run.DONE).first(),
    )


def _picture(found, group=""):
    """Of what needs somebody; of one group alone where the page is narrowed to it, as its links are."""
    return Picture(narrowed(found, {"state": Difference.OPEN, "group": group}))


def _groups(run, found, user):
    """The groups somebody has to look at, each with its `ticket` and how many orders it concerns."""
    groups = groups_seen(run, narrowed(found, {"state": Difference.OPEN}), user, most=10)
    tickets = tickets_of_groups([one.code for one in groups], user)
    may_try = user.has_perm("reconciliation.add_profiledraft")
    fixes = fixes_of_groups(run.profile, {one.code: one.cause for one in groups}, user) if may_try else {}
    for group in groups:
        group.ticket, fix = tickets.get(group.code), fixes.get(group.code)
        group.trial = said_fix(fix, run.spec) if fix else ""
    return groups


def _at_rest(found):
    """[(state, how many)] of those that are seen and that nobody has to look at."""
    counts = dict(found.filter(state__in=AT_REST).order_by().values_list("state").annotate(n=Count("pk")))
    return [(state, counts[state]) for state in AT_REST if state in counts]


def _said_counts(run, user):
    words = {
        "new": _("new"),
        "still": _("still there"),
        "reopened": _("come back"),
        "resolved": _("gone"),
        "keys": _("keys compared"),
        "compared": _("compared"),
        "expected": _("expected to settle"),
    }
    counts = counts_seen(run, user)
    return [(words[name], counts[name]) for name in words if counts.get(name)]


def _page(found, before):
    found = found.select_related("order", "profile__department", "assignee", "last_run__version", "scope")
    if whole(before):
        found = found.filter(pk__lt=whole(before))
    rows = list(found.order_by("-id")[: PAGE + 1])
    return labelled(rows[:PAGE]), rows[PAGE - 1].pk if len(rows) > PAGE else 0


def _systems_in(rows, run=None):
    """The systems whose values have a column each; none where the rows come from several comparisons."""
    named = list(run.systems or []) if run else []
    named = [one if isinstance(one, str) else one.get("name", "") for one in named]
    if not named and len({row.profile_id for row in rows}) == 1:
        return sorted({system for row in rows for system in (row.values or {})})
    return named


@require_POST
@staff_page("reconciliation.view_run")
def run_excel(request, pk):
    run, now = get_object_or_404(Run.objects.visible_to(request.user), pk=pk), timezone.now()
    if run.version_id is None:
        messages.error(request, error_seen(run, request.user))
        return redirect("run", pk=pk)
    try:
        job = ask_for_job(
            kind="export_run",
            key=f"export_run:{run.pk}:{request.user.pk}:{now:%Y%m%d%H%M%S}",
            args={"run_id": run.pk, "user_id": request.user.pk, "language": request.LANGUAGE_CODE,
                  "asked": {name: request.POST.get(name, "")[:60] for name in NARROWING}},
            by=request.user,
            at=now,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("run", pk=pk)
    return redirect("job", pk=job.pk)


def _in_tab(found, tab, user):
    if tab == "open":
        return found.filter(state__in=Difference.OPEN_STATES)
    if tab == "mine":
        return found.filter(state__in=Difference.OPEN_STATES, assignee=user)
    return found if tab == "all" else found.filter(state=tab)


@staff_page("reconciliation.view_difference")
def difference_list(request):
    tab = request.GET.get("tab", "")
    asked = {
        name: request.GET.get(name, "")[:60]
        for name in (*NARROWING, "profile", "order", "before", "q")
    }
    tab = tab if tab in TABS else ("all" if asked["order"] else "open")
    found = _in_tab(seen_by(request.user), tab, request.user)
    if asked["profile"]:
        found = found.filter(profile__code=asked["profile"])
    if asked["order"]:
        found = found.filter(of_order(asked["order"]))
    if asked["q"]:
        found = found.filter(key__gte=asked["q"].upper(), key__lt=asked["q"].upper() + "\U0010ffff")
    found = narrowed(found, asked)
    rows, more = _page(found, asked["before"])
    count = found.order_by().values("pk")[: CAP + 1].count()
    return draw(
        request,
        "reconciliation/differences.html",
        page_title=_("Differences"),
        differences=rows,
        more=more,
        tab=tab,
        labels=rows[0].labels if rows else {},  # of the one comparison whose systems have columns
        tabs=list(TABS.items()),
        asked=asked,
        values_of=_systems_in(rows),
        count=capped(count, CAP),
        profiles=Profile.objects.visible_to(request.user).order_by("code"),
        now=timezone.now(),
        is_narrowed=any(value for name, value in asked.items() if name != "before"),
        narrowing=[(name, asked[name]) for name in NARROWING if asked[name]],
        query=urlencode({"tab": tab} | {name: value for name, value in asked.items() if value and name != "before"}),
        **_bulk(request.user, rows),
    )


@staff_page("reconciliation.view_difference")
def difference_page(request, pk):
    row = get_object_or_404(
        seen_by(request.user).select_related(
            "order", "profile__department", "assignee", "accepted_by", "first_run", "last_run__version", "scope"
        ),
        pk=pk,
    )
    seen = row.observations.select_related("run").order_by("-run_id")
    latest = seen.first()
    values = [(system, (row.values or {}).get(system)) for system in _named(row)]
    return draw(
        request,
        "reconciliation/difference.html",
        page_title=row.key,
        page_parent=("/differences/", _("Differences")),
        page_subtitle=row.profile.name,
        row=row,
        labels=labels_of(row.last_run.spec),
        values=values,
        has_gap=has_gap(row),
        now=timezone.now(),
        group=_group_of(row, request.user),
        causes=without_money([one for one in row.causes or [] if isinstance(one, dict)], request.user),
        may_check=latest is not None and latest.basis_id is not None,
        evidence=_evidence_table(without_money(latest.evidence if latest else {}, request.user)),
        sees_runs=Run.objects.visible_to(request.user).filter(pk=row.last_run_id).exists(),
        sightings=seen[:20],
        entries=row.entries.select_related("by").order_by("-at", "-pk"),
        verbs=_verbs_for(request.user, row),
        kin=_kin_of(row, request.user),
        may_match=request.user.has_perm("orders.join_order"),
        tickets=(tickets := tickets_about(row, request.user)),
        may_open=may_open(request.user) and row.state in Difference.WORKING and not any(one.is_open for one in tickets),
        articles=_articles_of(row, request.user),
        is_working=row.state in Difference.WORKING,
        is_open=row.state in OPEN_ONES,
        people=people_for([row])[:PEOPLE],
        shows_money=may_see_money(request.user) or not is_money(row.field),
    )


def _group_of(row, user):
    """The group it belongs to, with what may be told of it; None where it stands alone."""
    run = Run.objects.visible_to(user).filter(pk=row.last_run_id).first() if row.group_code else None
    its = seen_by(user).filter(profile=row.profile, group_code=row.group_code, state__in=OPEN_ONES)
    return next(iter(groups_seen(run, its, user, most=1)), None) if run else None


def _articles_of(row, user):
    """Few articles on its causes, the likeliest cause first."""
    if not user.has_perm("exceptions.view_article"):
        return []
    likely = [one.get("cause") for one in row.causes or [] if isinstance(one, dict)]
    return articles_of([row.cause, *likely], user, most=2)


def _evidence_table(evidence):
    """(systems, [(name, [value per system])]) of what was known of each side; a flat dict is one nameless side."""
    sides = {name: side for name, side in (evidence or {}).items() if isinstance(side, dict)}
    rest = {name: value for name, value in (evidence or {}).items() if name not in sides}
    sides |= {"": rest} if rest else {}
    names = list(dict.fromkeys(name for side in sides.values() for name in side))
    return list(sides), [(name, [side.get(name) for side in sides.values()]) for name in names]


def _named(row):
    return [
        *[one for one in row.systems or [] if isinstance(one, str)],
        *[one for one in (row.values or {}) if one not in (row.systems or [])],
    ]


def _verbs_for(user, row):
    """What may be done with it now: deciding while it is open, taking back what was decided."""
    open_ones = {"accept", "invalid", "fixed", "assign"} if row.state in OPEN_ONES else set()
    possible = open_ones | ({"reopen"} if row.state in DECIDED else set()) | {"comment"}
    return possible & verbs_for([row], user)[row.pk]


@require_POST
@staff_page("reconciliation.view_difference")
def difference_do(request, pk, verb):
    row = get_object_or_404(seen_by(request.user), pk=pk)
    if verb not in VERBS:
        raise Http404
    name, words = VERBS[verb]
    arguments = {"difference": row, "by": request.user, "at": timezone.now()}
    if words:
        arguments[words] = request.POST.get("text", "").strip()
    if verb == "accept" and not _take_bounds(request, arguments):
        return back(request, f"/differences/{pk}/")
    if verb == "assign":
        to = request.POST.get("to", "")
        person = _person(to)
        if person is None:
            messages.error(request, _("Choose a person."))
            return back(request, f"/differences/{pk}/")
        arguments["to"] = person
    if verb == "accept" and request.POST.get("match"):
        return _accept_and_match(request, row, arguments)
    return answer(request, f"/differences/{pk}/", DONE[verb], getattr(actions, name), **arguments)


def _accept_and_match(request, row, arguments):
    require(request.user, "orders.join_order")
    kin = _kin_of(row, request.user)
    if kin is None:
        raise Http404
    done = _("Accepted, and matched to order %(order)s: %(keys)s.") % {
        "keys": ", ".join(one.record.key for one in kin.strays), "order": kin.order.number}
    return answer(request, f"/differences/{row.pk}/", done, actions.accept_and_match,
                  strays=kin.strays, order=kin.order, **arguments)


@require_POST
@staff_page("reconciliation.view_difference")
def difference_check(request, pk):
    """Ask the rules again what they said of the last sighting, on what was known then; nothing is changed."""
    row = get_object_or_404(seen_by(request.user), pk=pk)
    seen = row.observations.select_related("run__version", "run__profile", "basis").order_by("-run_id").first()
    told = replayed(seen) if seen else Replay(WITHOUT, [])
    (messages.success if told.outcome in (SAME, WORDED) else messages.warning)(request, CHECKED[told.outcome])
    return back(request, f"/differences/{pk}/")


@require_POST
@staff_page("orders.join_order")
def difference_match(request, pk):
    """What a difference says to be an order's, misspelled or split elsewhere, is the order's."""
    row = get_object_or_404(seen_by(request.user), pk=pk)
    kin = _kin_of(row, request.user)
    if kin is None:
        raise Http404
    keys = ", ".join(one.record.key for one in kin.strays)
    return answer(
        request, kin.order.address, _("Matched to this order: %(keys)s.") % {"keys": keys}, actions.match_strays,
        strays=kin.strays, order=kin.order, reason=request.POST.get("reason", "").strip(), by=request.user,
        at=timezone.now(),
    )


def _kin_of(row, user):
    """What a difference says to be an order's and is not there yet, as far as this person sees it, or None."""
    order = Order.objects.visible_to(user).filter(pk=row.order_id, archived_at=None).first() if row.order_id else None
    return next((one for one in kin_of(order, user) if one.difference.pk == row.pk), None) if order else None


def _person(pk):
    return User.objects.filter(pk=whole(pk), is_active=True, is_staff=True).first()


def _bulk(user, rows):
    """What may be done with several of these rows at once, and with which of them."""
    open_ones = [row for row in rows if row.state in OPEN_ONES]
    may = verbs_for(open_ones, user) if user.has_perm("reconciliation.view_difference") else {}
    verbs = set(BULK) & set().union(*may.values())
    choosable = {pk for pk, its in may.items() if its & verbs}
    people = people_for(open_ones)[:PEOPLE] if "assign" in verbs else []
    return {"bulk_verbs": verbs, "choosable": choosable, "people": people}


@require_POST
@staff_page("reconciliation.view_difference")
def difference_bulk(request):
    """One verb on the chosen differences; the answer lists both halves."""
    verb = request.POST.get("verb", "")
    ids = chosen(request, "difference", PAGE)
    if not ids:
        return back(request, "/differences/")
    rows = list(seen_by(request.user).filter(pk__in=ids))
    if verb not in BULK or not rows:
        messages.warning(request, _("Choose differences and what to do with them."))
        return back(request, "/differences/")
    arguments = _bulk_arguments(request, verb)
    if arguments is None:
        return back(request, "/differences/")
    done, refused = actions.decide_differences(
        differences=rows, decide=getattr(actions, VERBS[verb][0]), by=request.user, at=timezone.now(), **arguments)
    said = [_("%(done)s done, %(refused)s not.") % {"done": len(done), "refused": len(refused)}]
    said += [f"{sentence} {keys}" for sentence, keys in _by_reason(refused)]
    (messages.warning if refused else messages.success)(request, "\n".join(said))
    return back(request, "/differences/")


def _bulk_arguments(request, verb):
    if verb == "assign":
        person = _person(request.POST.get("to", ""))
        if person is None:
            messages.error(request, _("Choose a person."))
        return {"to": person} if person else None
    words = VERBS[verb][1]
    arguments = {words: request.POST.get(words, "").strip()}
    return arguments if verb != "accept" or _take_bounds(request, arguments) else None


def _take_bounds(request, arguments):
    """How long and how far something is accepted; False, with a message, where the day cannot be read."""
    text = request.POST.get("until", "").strip()
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        messages.error(request, _("The date cannot be read."))
        return False
    last = day and datetime.combine(day, time(23, 59, 59), timezone.get_current_timezone())
    arguments |= {"until": last, "up_to_gap": request.POST.get("up_to") == "gap"}
    return True


def _by_reason(refused):
    """[(sentence, "key, key")]: the same reason is said once."""
    found = {}
    for row, sentence in refused:
        found.setdefault(sentence, []).append(row.key)
    return [(sentence, ", ".join(keys)) for sentence, keys in found.items()]
