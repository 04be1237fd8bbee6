"""Why does each difference exist? Asks every rule, settles conflicts, says UNKNOWN when nothing holds."""

from __future__ import annotations

from kernel.collector import no_collection
from reconciliation.causes import RULES
from reconciliation.causes.keeping import note
from reconciliation.causes.pairs import disagreeing, trusted
from reconciliation.causes.registry import verdict_of
from reconciliation.causes.world import World
from reconciliation.difference import Verdict
from reconciliation.findings import shown_values
from reconciliation.gaps import mapping_gaps
from reconciliation.groups import find_groups
from reconciliation.pairing import fold
from reconciliation.speech import Said

RIVALS = ("quantity", "money")
NOTHING = ("none", 1)  # rule and version of the verdict that no rule holds: raised like a rule's


@no_collection()
def explain(profile, engine, detection, differences, *, keeps=False):
    """Fold what belongs together, give every difference its causes and group. Returns (groups, mapping gaps).

    `differences` is changed in place: folded ones leave it, each one left gets `causes`, `group` and `state`. `keeps`:
    what each verdict rests on is noted as well (keeping.basis_of), so that it can be reached again.
    """
    differences[:] = fold(profile, engine, detection, differences)
    world = World(profile, engine, detection, differences)
    for one in differences:
        one.causes = judge(one, world)
        if keeps:
            one.memo["noted"] = note(one, world)
        settle_partial(one, world)
    groups = find_groups(profile, engine, differences, detection.as_of_us)
    for one in differences:
        one.causes = rank(one.causes) or [unknown(one, world)]
    return groups, mapping_gaps(profile, engine)


def judge(one, world):
    """Verdicts of all enabled rules that hold, conflicts between money and quantity hypotheses marked."""
    found = {}
    for rule in rules_for(one, world):
        if rule.cause in found:
            continue
        reason = rule.ask(one, world)
        if reason:
            found[rule.cause] = verdict_of(rule, reason, one, world)
            if rule.cause == "IN_TRANSIT":
                break
    mark_rivals(list(found.values()))
    return rank(found.values())


def rules_for(one, world):
    """The enabled rules made for this kind of difference and of field, in precedence."""
    place = (one.kind, one.field)
    if place not in world.rules:
        world.rules[place] = [r for r in RULES if world.profile.rule_is_on(r.cause) and concerns(r, one, world.profile)]
    return world.rules[place]


def concerns(rule, one, profile):
    """Is the rule made for this kind of difference and of field?"""
    if one.kind not in rule.kinds:
        return False
    if one.field in profile.fields:
        return not rule.types or profile.fields[one.field].type in rule.types
    return "value" not in rule.kinds or one.kind != "cardinality"


def mark_rivals(verdicts):
    """Where several readings of one number fit, only one that alone rests on evidence stays certain."""
    rivals = [v for v in verdicts if v.rule.partition(".")[0] in RIVALS and v.cause != "CURRENCY_CODE"]
    sure = [v for v in rivals if v.confidence == "certain"]
    if len(rivals) < 2 or not sure:
        return
    strongest = max(v.strength for v in sure)
    kept = [v for v in sure if v.strength == strongest]
    for verdict in rivals:
        if verdict not in kept or len(kept) > 1:
            verdict.confidence = "hypothesis"
            verdict.evidence["ambiguous_with"] = sorted(v.cause for v in rivals if v is not verdict)


def rank(verdicts):
    """Best first: proven by evidence, then by pattern, then hypotheses; inside each by precedence."""
    def place(verdict):
        tier = 2 if verdict.confidence == "hypothesis" else 0 if verdict.strength > 1 else 1
        return (tier, verdict.precedence, verdict.rule)
    return sorted(verdicts, key=place)


def settle_partial(one, world):
    """A delivery that is open before its promised date is expected, not wrong."""
    main = one.main
    if main and main.cause == "PARTIAL_OPEN" and main.evidence.get("due") is False:
        one.state = "expected"


def unknown(one, world):
    """The verdict of a difference that no rule explains; it still says who stands against whom."""
    against = ()
    if one.field in world.profile.fields and one.kind != "unreadable" and trusted(one, world):
        against = tuple(sorted(b.system for _a, b in disagreeing(one, world)))
    elif one.kind == "unreadable":
        against = tuple(sorted(n for n, s in one.sides.items() if one.field in s.unreadable))
    evidence = {"trusted": trusted(one, world)} if against and one.kind != "unreadable" else {}
    said = who_says_what(one, world)
    sentence = {"en": said["en"] + "No rule explains it.", "zh": said["zh"] + "没有规则能解释该差异。"}
    return Verdict("UNKNOWN", *NOTHING, "hypothesis", evidence, 9999, 1, against, sentence)


def who_says_what(one, world):
    """{en, zh}: what each system says, the one that is right by the profile first; "" where nothing is compared."""
    profile, speakers = world.profile, world.speakers
    if one.kind != "value" or one.field not in profile.fields:
        return {"en": "", "zh": ""}
    right, values = profile.record_system, shown_values(one, profile)
    names = sorted(values, key=lambda name: (name != right, name))
    en = [f"{speakers['en'].system(name)} says {_shown(one, name, values, speakers['en'])}" for name in names]
    zh = [f"{speakers['zh'].system(name)} 为 {_shown(one, name, values, speakers['zh'])}" for name in names]
    if right in values:
        en[0], zh[0] = f"{en[0]} (taken as right)", f"{zh[0]}（以此为准）"
    return {"en": ", ".join(en) + ". ", "zh": "，".join(zh) + "。"}


def _shown(one, name, values, speaker):
    """What a system says of the field, as people write it."""
    value, field = values[name], speaker.profile.fields[one.field]
    if value in (None, ""):
        return ("nothing", "空")[speaker.place]
    how = "value" if field.is_number else {"time": "time", "code": "word"}.get(field.type, "")
    return format(Said(str(value), speaker, one), how)[:60]
