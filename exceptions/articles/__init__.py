"""What does the knowledge base know on the first day? One article for every cause of a difference and every kind of
ticket, in English and Chinese.
"""

from exceptions.articles import codes, kinds_goods, kinds_systems, money, numbers, presence, repeats, states, times
from exceptions.articles.search_words import SEARCH_WORDS
from exceptions.articles.text import markdown

FAMILIES = (presence, repeats, times, states, numbers, money, codes, kinds_goods, kinds_systems)


def seeded_articles():
    """[{columns of Article}] of all families."""
    return [
        {
            "code": name.lower().replace("_", "-"),
            "causes": [name],
            "title_en": en.title,
            "body_en": markdown(en, "en"),
            "title_zh": zh.title,
            "body_zh": markdown(zh, "zh"),
            "search_words": SEARCH_WORDS[name],
        }
        for family in FAMILIES
        for name, (en, zh) in family.ARTICLES.items()
    ]
