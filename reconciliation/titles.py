"""What is the ticket of a difference called?

Who may not see money may see the ticket all the same, in queues, notices and mails. So no title tells an amount or a
price: the cause's sentence, which may hold them, stays with the difference, which those people do not see.
"""
from django.utils import translation

from kernel.money import is_money
from orders.words import FIELDS, word
from reconciliation.causes.names import cause_name
from reconciliation.speech import labels_of, system_label

DIFFERS = ("{what} differs between {systems} ({key})", "{systems} 的{what}不一致（{key}）")
# The sentence of these repeats what stands in a row, which may be an amount whatever field the difference is about.
QUOTING = ("REJECTED_MESSAGE",)
# The sentence of these says how old something was when it was looked at, which a title would keep for ever.
AGEING = ("MISSING_MESSAGE",)
UNREADABLE = ("{what} cannot be compared between {systems} ({key})", "{systems} 的{what}无法比较（{key}）")


def titles_of(row):
    """{"title_en": …, "title_zh": …} for the ticket of one difference."""
    return {"title_en": _title(row, "en"), "title_zh": _title(row, "zh")}


def _title(row, language):
    if is_money(row.field):
        return _without_amounts(row, language)
    return f"{row.key} {_called(row, language)}{': ' if language == 'en' else '：'}{_sentence(row)[language]}"


def _without_amounts(row, language):
    words = (UNREADABLE if row.kind == "unreadable" else DIFFERS)[language == "zh"]
    what = _called(row, language)
    return words.format(
        what=what[:1].upper() + what[1:], systems=_systems(row, language), key=_keyed(row, language))


def _keyed(row, language):
    if row.order_id and row.order.number == row.key:
        return f"order {row.key}" if language == "en" else f"订单 {row.key}"
    return row.key


def _systems(row, language):
    version = row.profile.versions.order_by("-number").first()
    own = labels_of(version.spec if version else None)
    asked = [one for one in row.systems if one in row.values] or row.systems  # others do not keep such a field
    names = [(own.get(one) or {}).get(language) or system_label(one) for one in asked]
    link = " and " if language == "en" else " 与 "
    return link.join([(", " if language == "en" else "、").join(names[:-1]), names[-1]] if names[1:] else names)


def _called(row, language):
    """The compared field, or the kind of difference, as people call it in that language."""
    with translation.override("en" if language == "en" else "zh-hans"):
        return str(word(FIELDS, row.field)) if row.field else str(row.get_kind_display())


def _sentence(row):
    main = (row.causes or [{}])[0]
    said = None if row.cause in QUOTING + AGEING else main.get("sentence")
    return said or {one: cause_name(row.cause, one) for one in ("en", "zh")}
