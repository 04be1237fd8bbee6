"""Is one word a slip of another: a letter too many, too few, another one, or two that changed places?"""


def is_slip(typed, meant):
    """True for one slip; a word that goes on after what was typed counts as well."""
    if typed == meant:
        return False
    if meant.startswith(typed):
        return True
    if abs(len(typed) - len(meant)) > 1:
        return False
    start = next((place for place, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    if start is None:
        return True
    mine, theirs = typed[start:], meant[start:]
    if mine[1:] == theirs[1:] or mine[1:] == theirs or mine == theirs[1:]:
        return True
    return mine[:2] == theirs[1::-1] and mine[2:] == theirs[2:]
