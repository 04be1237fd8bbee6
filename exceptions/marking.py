"""Which parts of a text are the words that somebody looked for, and which of its lines shows most of them?"""
import unicodedata

from exceptions.terms import CHINESE, RUNS, stem

AROUND = 30  # signs before the first word that was found
GAP = "…"


def marked(text, terms):
    """[(piece, whether it was looked for)] of the whole text."""
    pieces, done = [], 0
    for start, end in _spans(str(text), set(terms)):
        if start > done:
            pieces.append((text[done:start], False))
        pieces.append((text[start:end], True))
        done = end
    return [*pieces, (text[done:], False)] if done < len(text) else pieces


def excerpt(text, terms, most=140):
    """[(piece, whether it was looked for)] of the line that says most of it, cut to about so many signs."""
    lines = [line.strip() for line in str(text).splitlines() if line.strip()]
    if not lines:
        return []
    wanted = set(terms)
    line = max(lines, key=lambda one: len({one[a:b].casefold() for a, b in _spans(one, wanted)}))
    first = next(iter(_spans(line, wanted)), (0, 0))[0]
    start = max(0, min(first - AROUND, len(line) - most))
    cut = (GAP if start else "") + line[start : start + most] + (GAP if start + most < len(line) else "")
    return marked(cut, wanted)


def _spans(text, terms):
    """[(start, end)] of what was looked for, neighbours joined."""
    found = []
    for run in RUNS.finditer(text):
        for start, end in _hits(run.group(), terms):
            start, end = start + run.start(), end + run.start()
            if found and start <= found[-1][1]:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
    return found


def _hits(run, terms):
    if not CHINESE.match(run):
        word = unicodedata.normalize("NFKC", run).casefold()
        return [(0, len(run))] if word in terms or stem(word) in terms else []
    size = 2 if any(len(term) == 2 and CHINESE.match(term) for term in terms) else 1
    return [(place, place + size) for place in range(len(run) - size + 1) if run[place : place + size] in terms]
