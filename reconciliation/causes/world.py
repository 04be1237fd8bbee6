"""What is usual between these systems, and what do the tables say, so that a rule can tell odd from wrong?"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from itertools import combinations
from statistics import median

from reconciliation.speech import speakers_of
from reconciliation.values import MICRO, as_share, show_time

MINUTE = 60 * MICRO
HOUR = 60 * MINUTE
FEW = 5
SAME_CLOCK = 4  # other records alike, and three of ten of all it wrote then
STEADY = 15 * MINUTE  # a time that strays more around its arrival tells nothing about a clock
USUAL_EDITS = 0.2
OUTAGE_KEYS = 20
OUTAGE_SHARE = 9  # an absent key weighs 1, a present one -9: a positive stretch is more than 90 % absent


def question(method):
    """Marks what only this run can answer: its tables, and what it knows of all other rows. Rules ask it by plain
    values, systems' records and fields; question and answer are kept with a verdict (causes/keeping.py), so that the
    rule can be asked again without the run.
    """
    method.is_question = True
    return method


class World:
    """Context of one run: profile, lookups, `as_of_us`, and what the engine knows about all other rows."""

    def __init__(self, profile, engine, detection, differences):
        self.profile, self.engine = profile, engine
        self.lookups = engine.lookups
        self.as_of_us, self.watermarks = detection.as_of_us, detection.watermarks
        self.differences = differences
        self.speakers = speakers_of(profile, detection.as_of_us)
        self._lags, self._persons, self._counts, self._lengths = {}, {}, {}, {}
        self._versions, self._edits, self._changed_last = {}, {}, {}
        self._gaps, self._shifts, self._alike = {}, {}, {}
        self._sample()
        self.outages = {n: self._outages(n) for n in profile.systems}
        self._wrong_codes = self._replays = self._twins = self._twin_share = None
        self.rules = {}
        self._hours, self._inside, self._device_hours = {}, {}, {}
        self._pairs = self._factors = self._dated = None
        self._skews = None

    # --- what is usual ----------------------------------------------------------------------------------

    def _sample(self):
        self.sampled = self.engine.sample()
        sides = self._ordinary = self.engine.sides(self.sampled)
        self._compare_versions(sides)
        self._count_edits(sides)
        for system, found in sides.items():
            rows = [rows[0] for _, rows in sorted(found.items())]
            self._persons[system] = sum(r.is_by_person for r in rows) / len(rows) if rows else 0
            for name in [*self.profile.fields, "event"]:
                if name != "event" and self.profile.fields[name].type != "time":
                    continue
                lags = sorted(r.received_us - t for r in rows
                              if r.received_us is not None and (t := time_of(r, name)) is not None)
                if len(lags) >= FEW:
                    middle = median(lags)
                    self._lags[system, name] = (middle, median(abs(lag - middle) for lag in lags))

    def _compare_versions(self, sides):
        odd = {d.key for d in self.differences}
        for a, b in combinations(sorted(sides), 2):
            both = [k for k in sides[a] if k in sides[b] and k not in odd]
            pairs = [(sides[a][k][0].version, sides[b][k][0].version) for k in both]
            known = [(v, w) for v, w in pairs if v is not None and w is not None]
            self._versions[a, b] = (sum(v == w for v, w in known), len(known))

    @question
    def usual_lag(self, system, name):
        """(median, median deviation) of received − time `name`, in µs, or None when too little is known."""
        return self._lags.get((system, name))

    def displacement(self, side, name):
        """How far the time `name` of a record stands off the hub's own clock, in µs, beyond what is usual.

        Positive: the source wrote a later time than it can have been. None without a receive time.
        """
        moment, usual = time_of(side, name), self.usual_lag(side.system, name)
        if moment is None or side.received_us is None or usual is None:
            return None
        return int(usual[0]) - (side.received_us - moment)

    def jitter(self, side, name):
        """How far a displacement may stray and still be the usual, in µs."""
        usual = self.usual_lag(side.system, name)
        return max(MINUTE, int(6 * usual[1])) if usual else MINUTE

    def reading(self, side, name):
        """(how far the time `name` of a record stands off the hub's clock, how far that may stray), or None."""
        off = self.displacement(side, name)
        return None if off is None else (off, self.jitter(side, name))

    def clock(self, side, name):
        """(how far the clock that wrote the time `name` of a record is off the hub's, how far that may stray), or None.

        The time itself tells it where it comes to the hub at a steady distance; where it does not (a truck docks an
        hour before its goods are booked, or three), the record's event does, which the same clock wrote.
        """
        own = self.reading(side, name)
        if own and own[1] <= STEADY:
            return own
        event = self.reading(side, "event")
        return min((r for r in (own, event) if r), key=lambda reading: reading[1], default=None)

    @question
    def usual_gap(self, system, other, name):
        """(median, median deviation) of how much later `system` gives the time `name` of a record than `other` does,
        in µs, where they agree; None when too little is known."""
        if (system, other, name) not in self._gaps:
            mine, theirs = self._ordinary.get(system, {}), self._ordinary.get(other, {})
            odd = {d.key for d in self.differences}
            pairs = [(time_of(mine[k][0], name), time_of(theirs[k][0], name))
                     for k in mine if k in theirs and k not in odd]
            gaps = sorted(x - y for x, y in pairs if x is not None and y is not None)
            middle = median(gaps) if len(gaps) >= FEW else None
            self._gaps[system, other, name] = None if middle is None else (
                int(middle), int(median(abs(gap - middle) for gap in gaps)))
        return self._gaps[system, other, name]

    def is_later(self, side, other):
        """Is the event of a record later than another system's, by more than is usual between the two?"""
        if side.event_us is None or other.event_us is None:
            return False
        usual, stray = self.usual_gap(side.system, other.system, "event") or (0, HOUR // 6)
        return side.event_us - other.event_us > usual + max(MINUTE, 6 * stray)

    @question
    def person_share(self, system):
        return self._persons.get(system, 0)

    @question
    def edit_share(self, system):
        """Of the agreeing records that this system changed last, the share changed by a person: where that is the
        normal course of work it proves nothing."""
        return self._edits.get(system, 0)

    @question
    def edits_are_usual(self, system):
        """Do persons surely change more than a fifth of what this system changes last? Of a few records a fifth is
        chance."""
        share, last = self._edits.get(system, 0), self._changed_last.get(system, 0)
        return last > 0 and share - 1.64 * (share * (1 - share) / last) ** 0.5 > USUAL_EDITS

    def _count_edits(self, sides):
        odd = {d.key for d in self.differences}
        for system, found in sides.items():
            last = person = 0
            for key, rows in found.items():
                others = [sides[s][key][0].event_us for s in sides if s != system and key in sides[s]]
                others = [e for e in others if e is not None]
                event = rows[0].event_us
                if key not in odd and (event is None or not others or event > max(others)):
                    last += 1
                    person += rows[0].is_by_person
            self._edits[system], self._changed_last[system] = person / last if last >= FEW else 0, last

    # --- how often, how long ----------------------------------------------------------------------------

    @question
    def count(self, system, field_name, text):
        """Rows of `system` that write exactly `text` in the field."""
        key = (system, field_name)
        if key not in self._counts:
            texts = {s.raw.get(field_name) for d in self.differences if d.field == field_name
                     for s in d.sides.values() if s.raw.get(field_name)}
            column = self.profile.fields[field_name].columns.get(system)
            self._counts[key] = self.engine.counts(system, column, texts) if column else {}
        return self._counts[key].get(text, 0)

    @question
    def longest(self, system, field_name):
        """Characters of the longest text `system` writes in the field."""
        key = (system, field_name)
        if key not in self._lengths:
            column = self.profile.fields[field_name].columns.get(system)
            self._lengths[key] = self.engine.longest(system, column) if column else 0
        return self._lengths[key]

    # --- outages ----------------------------------------------------------------------------------------

    def _outages(self, system):
        absent = sum(d.kind == "missing" and system in d.absent and d.state == "open" for d in self.differences)
        if absent < OUTAGE_KEYS:
            return []
        return outages([(m, n, a) for m, n, a in self.engine.presence(system)])

    @question
    def outage(self, system, event_us):
        """(from minute, to minute, expected, absent) of the outage around `event_us`, or None."""
        if event_us is None:
            return None
        minute = event_us // MINUTE
        return next((o for o in self.outages.get(system, ()) if o[0] <= minute <= o[1]), None)

    @question
    def neighbours(self, system, event_us):
        """Rows of `system` whose event lies within three hours of `event_us`; of the day when those are none."""
        if system not in self._hours:
            self._hours[system] = self.engine.totals(system, "", ()).get("", {})
        hours, hour = self._hours[system], event_us // HOUR
        near = sum(hours.get(h, 0) for h in range(hour - 3, hour + 4))
        return near or sum(hours.get(h, 0) for h in range(hour - 24, hour + 25))

    @question
    def repeats(self, system, batch):
        """How many keys of `system` are there a second time through `batch`."""
        if self._replays is None:
            self._replays = defaultdict(Counter)
            for one in self.differences:
                for system, copies in one.copies.items():
                    for batch in {c.text.get("batch", "") for c in copies} - {""}:
                        self._replays[system][batch] += 1
        return self._replays.get(system, {}).get(batch, 0)

    @question
    def batch_size(self, system, batch):
        """Rows of `system` that came in with `batch`."""
        column = self.profile.systems[system].evidence.get("batch")
        if (system, "batch") not in self._counts:
            batches = {c.text.get("batch", "") for d in self.differences for c in d.copies.get(system, ())} - {""}
            self._counts[system, "batch"] = self.engine.counts(system, column, batches) if column else {}
        return self._counts[system, "batch"].get(batch, 0)

    @question
    def twins(self, key):
        """[(system, twin key)] of a key only some systems have: like orders beside it."""
        if self._twins is None:
            self._twins = self.engine.twins({d.key for d in self.differences if d.kind == "missing"})
        return self._twins.get(key) or []

    @question
    def twin_share(self):
        """Share of ordinary keys that have such a twin by chance."""
        if self._twin_share is None:
            keys = set(self.sampled)
            self._twin_share = len(self.engine.twins(keys)) / len(keys) if keys else 0
        return self._twin_share

    # --- systematic wrong codes -------------------------------------------------------------------------

    @question
    def wrong_code(self, field_name, system, raw, right):
        """How many rows of `system` with raw code `raw` disagree by meaning `right` to the others."""
        if self._wrong_codes is None:
            self._wrong_codes = self._count_wrong_codes()
        return self._wrong_codes[field_name, system, raw, right]

    def _count_wrong_codes(self):
        counts = Counter()
        for one in self.differences:
            if one.kind != "value" or self.profile.fields[one.field].type not in ("code", "text"):
                continue
            counts.update({(one.field, b.system, b.raw.get(one.field), a.values.get(one.field))
                           for a in one.sides.values() for b in one.sides.values()
                           if a is not b and a.values.get(one.field) != b.values.get(one.field)})
        return counts

    @question
    def wrong_text(self, field_name, system_a, right, system_b, wrong):
        """Rows in which `system_a` says `right` and `system_b` says `wrong`."""
        if self._pairs is None:
            self._pairs = Counter(
                (d.field, a.system, a.values.get(d.field), b.system, b.values.get(d.field))
                for d in self.differences if d.kind == "value"
                and self.profile.fields[d.field].type in ("code", "text")
                for a in d.sides.values() for b in d.sides.values() if a is not b)
        return self._pairs[field_name, system_a, right, system_b, wrong]

    # --- tables -----------------------------------------------------------------------------------------

    @question
    def knows_code(self, field, system, raw):
        """Is the raw code in the map (or already one of its canonical words)?"""
        return self.engine.readers[system].code(field, raw)[1]

    def event_of(self, one):
        """The instant at which effective-dated tables are asked for this difference."""
        record = one.sides.get(self.profile.record_system)
        for side in (record, *(s for _, s in sorted(one.sides.items()))):
            if side is not None:
                for at in (side.us.get("created"), side.event_us, side.at_us):
                    if at is not None:
                        return at
        return None

    @question
    def factors(self, item):
        """(unit, factor, is the item's own) declared for an item, its own first."""
        if self._factors is None:
            self._factors = defaultdict(list)
            for (owner, unit), dated in sorted(self.lookups.units.items()):
                factor = dated.at(None)
                if factor:
                    self._factors[owner].append((unit, factor))
        own = [(u, f, True) for u, f in self._factors.get(item, ())] if item else []
        return own + [(u, f, False) for u, f in self._factors.get("", ())]

    @question
    def dated_units(self, item):
        """(unit, Dated factors) of an item, and the general ones, that have changed at least once."""
        return [(unit, self.lookups.units[owner, unit])
                for owner in ((item, "") if item else ("",)) for unit in self._units_of(owner)]

    def _units_of(self, owner):
        if self._dated is None:
            self._dated = defaultdict(list)
            for (name, unit), dated in sorted(self.lookups.units.items()):
                if len({v for _, _, v in dated.rows}) > 1:
                    self._dated[name].append(unit)
        return self._dated.get(owner, ())

    @question
    def rates_near(self, at, window, pair):
        """[(name, rate, pair fits)] of exchange rates dated within `window` of `at`; undated ones always."""
        return list(self._rates_near(at, window, pair))

    def _rates_near(self, at, window, pair):
        for (a, b), dated in sorted(self.lookups.rates.items()):
            fits = all(pair) and {a, b} == set(pair)
            if all(pair) and pair[0] != pair[1] and not fits:
                continue
            seen = set()
            for start, _end, rate in dated.rows:
                if rate not in seen and (at is None or start < -(2**61) or abs(start - at) <= window):
                    seen.add(rate)
                    yield f"{a}/{b}", rate, fits
            current = dated.at(at)
            if current and current not in seen:
                yield f"{a}/{b}", current, fits

    @question
    def tax_rates(self):
        return sorted(set(self.lookups.taxes or [as_share(t) for t in self.profile.tax_rates]), reverse=True)

    def quantities(self, one):
        """Quantities (millionths) the sides give for the key, without doubles, in a fixed order."""
        names = [n for n, f in self.profile.fields.items() if f.type == "quantity"]
        found = [s.values.get(n) for n in names for _, s in sorted(one.sides.items())]
        return list(dict.fromkeys(q for q in found if q))

    def since(self, dated, at):
        start = next((s for s, e, v in reversed(dated.rows) if v == dated.at(at)), None)
        return show_time(start)[:10] if start is not None and abs(start) < 2**60 else "-"

    @question
    def xref_applies(self, field, system):
        """Has the table entries for this system (or for any)?"""
        return any(s in (system, "") for s, _ in self.lookups.xref.get(field.xref, {}))

    @question
    def is_inside_code(self, field, text):
        if field.xref not in self._inside:
            table = self.lookups.xref.get(field.xref, {})
            self._inside[field.xref] = {row[2] for dated in table.values() for row in dated.rows}
        return text in self._inside[field.xref]

    @question
    def versions_compare(self, a, b):
        """Do these two systems count the same versions? Where agreeing records differ in version they do not."""
        same, both = self._versions.get(tuple(sorted((a, b))), (0, 0))
        return both < FEW or same * 10 >= both * 9

    @question
    def knows_unit(self, field, system, unit, item):
        """Is the unit in the table, or the field's own?"""
        return self.engine.readers[system].knows_unit(field, unit, item)

    @question
    def has_table(self, name):
        return bool(self.lookups.given.get(name))

    @question
    def cross(self, table, system, raw):
        """Dated internal codes of an outside code, or None."""
        return self.lookups.cross(table, system, raw)

    @question
    def successor(self, item):
        """The item that replaces this one, or None."""
        return self.lookups.replaced_by.get(item)

    @question
    def revisions(self, item):
        """Dated revisions of an item's BOM, or None."""
        return self.lookups.boms.get(item)

    @question
    def mapping_versions(self, system):
        """Dated versions of the mapping by which a system is read, or None."""
        return self.lookups.mappings.get(system) or self.lookups.mappings.get("")

    @question
    def price(self, item, customer):
        """Dated prices of an item, the customer's own first, or None."""
        return self.lookups.price(item, customer)

    @question
    def charges(self, key):
        """[(kind, amount)] of discounts and freight of a key."""
        return list(self.lookups.charges.get(key, ()))

    @question
    def milestones(self, key):
        """[(name, µs, system)] of a key's instants, in a fixed order."""
        return sorted(self.lookups.milestones.get(key, ()))

    @question
    def messages(self, system, key):
        """Messages that a system got for a key, oldest first."""
        return list(self.lookups.messages.get((system, key), ()))

    @question
    def batches(self, system, key, payload_hash):
        """The batches that brought one content for a key, sorted."""
        return sorted(self.lookups.batches.get((system, key, payload_hash), ()))

    # --- clocks -----------------------------------------------------------------------------------------

    @question
    def same_clock(self, side, name, displacement):
        """(how many other records of the same device or system near in time are off by about as much, their median
        displacement); (0, own) when they are too few of all it wrote then to be a matter of its clock."""
        if self._skews is None:
            self._skews = self._collect_skews()
        device, moment = side.text.get("device", ""), time_of(side, name)
        near, band = self._skews[side.system, device, name], max(30 * MICRO, abs(displacement) // 10)
        for width in (2 * HOUR, 24 * HOUR):
            low, high = bisect_left(near, (moment - width,)), bisect_left(near, (moment + width,))
            alike = [d for _, d in near[low:high] if abs(d - displacement) <= band]
            like = len(alike) - 1
            at = side.at_us or moment
            rows = self._rows_between(side.system, "device" if device else "", device, at - width, at + width)
            if like >= SAME_CLOCK and like * 10 >= rows * 3:
                return like, int(median(alike))
            if high - low > 200:
                break
        return 0, displacement

    @question
    def shifted_alike(self, side, other, name, shift):
        """(how many other records of the same device, warehouse or system near in time stand off those of `other` by
        about as much as this one, their median shift, are they three of ten of all it wrote then, are they most of
        those that stand off); (0, shift, False, False) when they are too few. It needs no receive time."""
        asked = side.system, side.key, other.system, name, shift
        if asked not in self._alike:  # two rules ask it of a pair
            self._alike[asked] = self._count_alike(side, other, name, shift)
        return self._alike[asked]

    def _count_alike(self, side, other, name, shift):
        usual = self.usual_gap(side.system, other.system, name)
        band = max(MINUTE, 6 * usual[1]) if usual else self.profile.fields[name].tolerance + MINUTE
        at, best = side.at_us or time_of(side, name), (0, shift, False, False)
        for dimension in ("device", "warehouse", ""):
            value = side.text.get(dimension, "") if dimension else ""
            near = self._shifts_of(side.system, other.system, name)[dimension, value] if value or not dimension else ()
            for width in (2 * HOUR, 24 * HOUR, 72 * HOUR):
                low, high = bisect_left(near, (at - width,)), bisect_left(near, (at + width,))
                alike = [d for _, d in near[low:high] if abs(d - shift) <= band]
                like = len(alike) - 1
                if like < SAME_CLOCK:
                    if high - low > 200:
                        break
                    continue
                rows = self._rows_between(side.system, dimension, value, at - width, at + width)
                is_most = like * 10 >= (high - low) * 6
                if like * 10 >= rows * 3:
                    return like, int(median(alike)), True, is_most
                best = max(best, (like, int(median(alike)), False, is_most))
                if high - low > 200:
                    break  # a wider look would see the same share
        return best

    def _shifts_of(self, system, other, name):
        """{(dimension, value): sorted [(when, how much later `system` gives `name` than `other` does)]}"""
        if (system, other, name) not in self._shifts:
            found = defaultdict(list)
            for one in self.differences:
                side, against = one.sides.get(system), one.sides.get(other)
                if one.kind != "value" or one.field != name or side is None or against is None:
                    continue
                mine, theirs = time_of(side, name), time_of(against, name)
                if mine is None or theirs is None:
                    continue
                for dimension in ("device", "warehouse", ""):
                    value = side.text.get(dimension, "") if dimension else ""
                    if value or not dimension:
                        found[dimension, value].append((side.at_us or mine, mine - theirs))
            for near in found.values():
                near.sort()
            self._shifts[system, other, name] = found
        return self._shifts[system, other, name]

    def _rows_between(self, system, dimension, value, start, end):
        if (system, dimension, value) not in self._device_hours:
            hours = self.engine.totals(system, dimension, {value}).get(value, {})
            running, total = [], 0
            for hour in sorted(hours):
                total += hours[hour]
                running.append((hour, total))
            self._device_hours[system, dimension, value] = running
        running = self._device_hours[system, dimension, value]
        low, high = bisect_left(running, (start // HOUR,)), bisect_left(running, (end // HOUR + 1,))
        return (running[high - 1][1] if high else 0) - (running[low - 1][1] if low else 0)

    def _collect_skews(self):
        found = defaultdict(list)
        for one in self.differences:
            if one.kind != "value" or self.profile.fields[one.field].type != "time":
                continue
            for side in one.sides.values():
                clock = self.clock(side, one.field) if time_of(side, one.field) is not None else None
                if clock and abs(clock[0]) > clock[1]:
                    found[side.system, side.text.get("device", ""), one.field].append(
                        (time_of(side, one.field), clock[0]))
        for near in found.values():
            near.sort()
        return found


def time_of(side, name):
    """The instant `name` of a side: its event, or a compared time."""
    return side.us.get("event") if name == "event" else side.values.get(name)


def outages(minutes):
    """[(from, to, expected, absent)] of the stretches of `minutes` [(minute, expected, absent)] in which at least
    OUTAGE_KEYS keys, and nine of ten expected ones, are absent; best first, not overlapping."""
    result, rest = [], [minutes]
    while rest:
        part = rest.pop()
        best = _best_stretch(part)
        if best is None:
            continue
        i, j = best
        expected, absent = sum(r[1] for r in part[i:j]), sum(r[2] for r in part[i:j])
        if absent >= OUTAGE_KEYS and absent * 10 >= expected * 9:
            result.append((part[i][0], part[j - 1][0], expected, absent))
            rest += [part[:i], part[j:]]
    return sorted(result)


def _best_stretch(minutes):
    """(start, end) of the stretch with the largest sum of absent − 9 × present, or None."""
    best, total, start, found = 0, 0, 0, None
    for position, (_, expected, absent) in enumerate(minutes):
        if total <= 0:
            total, start = 0, position
        total += absent - OUTAGE_SHARE * (expected - absent)
        if total > best:
            best, found = total, (start, position + 1)
    return found
