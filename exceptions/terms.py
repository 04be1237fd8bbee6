"""Under which terms is an article found, and how much does each of them say about it?

Chinese is cut into pairs of neighbouring signs, which needs no dictionary and no word list, and into the signs by
themselves, which count less; other words lose their endings. The weight of a term is the BM25 one, in whole numbers: it
depends on the article alone, so that both databases add up the same and an index need not be written anew when others
come.
"""
import re
import unicodedata
from collections import Counter
from math import log

# Goes up when the same text would be cut or weighed otherwise: articles are then indexed anew.
VERSION = 1
LONGEST, HEAD = 40, 2
# How often a term of the title, or of the names of what it answers, counts as against one of the text.
TITLE, NAMES, TEXT = 3, 3, 1
# BM25: how soon repeating says nothing new, how much long texts are held back, how many terms an ordinary text has.
SATURATION, BY_LENGTH, USUAL = 1.2, 0.75, {"zh": 100, "en": 50}
# What a term counts, and a Chinese sign by itself.
SCALE, SINGLE = 120, 60
MOST = 24

RUNS = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+|[^\W_\u3400-\u4dbf\u4e00-\u9fff]+")
CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
SILENT = frozenset(
    "a about after all also am an and any are as at be been before both but by can could did do does for from had has "
    "have he her here him his how i if in into is it its just me my no nor not of on or our out over own same she so "
    "some such than that the their them then there these they this those to too up us very was we were what when where "
    "which while who whom why will with would you your t s d re ve ll m don doesn didn isn wasn".split()
)
ENDINGS = (
    ("ies", "y"), ("sses", "ss"), ("ings", ""), ("ing", ""), ("eds", ""), ("ed", ""), ("ely", "e"), ("ly", ""),
    ("ments", "ment"), ("s", ""),
)
SHORTEST_STEM = 3


def terms_of(text):
    """The terms of a text in their order, repeated ones repeated."""
    found = []
    for run in RUNS.findall(unicodedata.normalize("NFKC", str(text or "")).casefold()):
        found += _pairs(run) if CHINESE.match(run) else _words(run)
    return found


def asked_terms(question):
    """The terms of a question, each once; of a long one the first, pairs and words before single signs."""
    terms = list(dict.fromkeys(terms_of(question)))
    return sorted(terms, key=_is_single)[:MOST]


def _is_single(term):
    return len(term) == 1 and bool(CHINESE.match(term))


def cause_term(name):
    """The term under which stands what answers a cause or a kind of ticket; no text has it."""
    return f"={name}"[:LONGEST]


def _pairs(run):
    return [run[place : place + 2] for place in range(len(run) - 1)] + list(run)


def _words(run):
    return [] if run in SILENT else [stem(run)[:LONGEST]]


def stem(word):
    """A word without its ending: posted, posting and posts are one."""
    if len(word) <= SHORTEST_STEM or not word.isalpha() or not word.isascii():
        return word
    for ending, instead in ENDINGS:
        if word.endswith(ending) and not word.endswith(("ss", "us", "is")):
            rest = word[: -len(ending)] + instead
            if len(rest) >= SHORTEST_STEM and re.search("[aeiouy]", rest):
                word = _single(rest) if ending in ("ing", "ings", "ed", "eds") else rest
                break
    if word.endswith("ion") and len(word) > 6 and word[-4] in "ts":
        word = word[:-3]
    return word[:-1] if word.endswith("e") and len(word) > SHORTEST_STEM else word


def _single(rest):
    """shipp → ship, but miss and call as they are."""
    twice = len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "aeiousz"
    return rest[:-1] if twice and (rest[-1] != "l" or len(rest) > 4) else rest


def weights_of(titles, names, texts):
    """{term: weight} of an article: its titles, the names of what it answers, and its texts, each in all languages."""
    counts = Counter()
    for parts, worth in ((titles, TITLE), (names, NAMES), (texts, TEXT)):
        for part in parts:
            for term in terms_of(part):
                counts[term] += worth
    length = Counter()
    for text in texts:
        for term in terms_of(text):
            length[_language(term)] += not _is_single(term)
    return {term: _weight(term, count, length[_language(term)]) for term, count in counts.items()}


def _language(term):
    return "zh" if CHINESE.match(term) else "en"


def _weight(term, count, length):
    held_back = 1 - BY_LENGTH + BY_LENGTH * length / USUAL[_language(term)]
    return round(scale_of(term) * count * (SATURATION + 1) / (count + SATURATION * held_back))


def scale_of(term):
    return SINGLE if _is_single(term) else SCALE


def most_of(term):
    """The weight it comes close to where it is said again and again."""
    return round(scale_of(term) * (SATURATION + 1))


def head_of(term):
    return term[:HEAD]


def rarity(count):
    """100 × the logarithm of in how many articles a term stands: what a term is worth falls with it."""
    return round(100 * log(count)) if count > 0 else 0
