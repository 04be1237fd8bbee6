"""Who made it late, and by how many hours of the whole?

Pure: instants and spans are int microseconds of work.
"""
from dataclasses import dataclass

from sla.reach import Reaches

MOST_SHARED = 12


@dataclass(frozen=True, slots=True)
class Step:
    """One node in the net of who waits for whom.

    It cannot end before `planned` (0: no such bound), nor before `least` working µs after each of `after`;
    `slip` working µs come on top, and `over` µs of its time off: whoever waits for it may be at work then.
    `is_open`: the end is a forecast.
    """

    code: str
    after: tuple = ()
    planned: int = 0
    least: int = 0
    slip: int = 0
    is_open: bool = False
    over: int = 0


def propagate(steps, calendar, removed=frozenset(), calendars=None):
    """{code: end in µs} of steps listed after those they wait for; slips of `removed` codes are left out.

    Each step counts by its own calendar of `calendars` {code: calendar}, else by the common one.
    """
    return _propagated(steps, Reaches(calendar, calendars), removed)


def _propagated(steps, reaches, removed):
    ends = {}
    for step in steps:
        reach = reaches[step.code]
        end = max([step.planned, *(reach.add(ends[code], step.least) for code in step.after)])
        ends[step.code] = end if step.code in removed else _slipped(step, end, reach)
    return ends


def _slipped(step, end, reach):
    """The end with the step's slip. Its time off lasts no longer than until work begins again."""
    end = reach.add(end, step.slip) if step.slip else end
    return min(end + step.over, reach.next_open(end)) if step.over else end


def why_late(steps, target, promised, calendar, causes=None, calendars=None):
    """{(code, cause): working µs}: whose slips made `target` end after `promised`; sums to the whole lateness.

    Each share is the mean, over all orders in which slips could be taken away, of what taking this one away
    brings (re-propagated through slack every time). So a slip that slack swallows, or that lies off the
    way to the target, gets nothing, and two slips that overlap share instead of being counted twice or not
    at all. `causes` {code: {cause: µs}} splits a node's share further; without it the cause is "".
    What remains without any slip (the plan itself is late) is the share of ("", "plan").
    Steps count as in `propagate`; the hours late are the target's own.
    """
    reaches = Reaches(calendar, calendars)

    def lateness(removed):
        return max(reaches[target].between(promised, _propagated(steps, reaches, removed)[target]), 0)

    slipped = _slips_before(steps, target)
    total, rest = lateness(frozenset()), lateness(frozenset(slipped))
    shares = split_exactly(total - rest, _mean_gains(slipped, lateness))
    result = {("", "plan"): rest} if rest else {}
    for code, share in shares.items():
        for cause, part in split_exactly(share, (causes or {}).get(code) or {"": 1}).items():
            if part:
                result[code, cause] = part
    return result


def _slips_before(steps, target):
    """Codes with a slip on the way to the target, of many the largest: 2^12 propagations are a tenth second."""
    by_code, wanted, todo = {step.code: step for step in steps}, set(), [target]
    while todo:
        code = todo.pop()
        if code not in wanted:
            wanted.add(code)
            todo.extend(by_code[code].after)
    slipped = [step for step in steps if (step.slip or step.over) and step.code in wanted]
    slipped.sort(key=lambda step: (-step.slip, -step.over, step.code))
    return [step.code for step in slipped[:MOST_SHARED]]


def _mean_gains(codes, lateness):
    """Shapley values times the factorial of their number: exact whole numbers, so that shares are exact."""
    known = {}

    def value(mask):
        if mask not in known:
            known[mask] = lateness(frozenset(code for place, code in enumerate(codes) if mask >> place & 1))
        return known[mask]

    count, weights = len(codes), _weights(len(codes))
    gains = {}
    for place, code in enumerate(codes):
        bit = 1 << place
        gains[code] = sum(weights[mask.bit_count()] * (value(mask) - value(mask | bit))
                          for mask in range(1 << count) if not mask & bit)
    return gains


def _weights(count):
    """weights[k] = k! (count - k - 1)!: in how many orders a code comes right after a given k others."""
    factorial = [1]
    for number in range(1, count + 1):
        factorial.append(factorial[-1] * number)
    return [factorial[k] * factorial[count - k - 1] for k in range(count)]


def split_exactly(total, parts):
    """{key: whole number} proportional to the non-negative `parts`, summing exactly to `total`."""
    whole = sum(parts.values())
    if not whole or not total:
        return dict.fromkeys(parts, 0)
    shares = {key: total * part // whole for key, part in parts.items()}
    rests = sorted(parts, key=lambda key: (-(total * parts[key] % whole), str(key)))
    for key in rests[: total - sum(shares.values())]:
        shares[key] += 1
    return shares
