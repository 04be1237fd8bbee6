"""Tickets of rows whose numbers could not be read name the kind of trouble, and no longer the number."""
from django.db import migrations

# As they were called when this was written: reason → (English, Chinese).
NAMES = {
    "UNREADABLE_NUMBER": ("unreadable number", "数字无法识别"),
    "NOT_A_NUMBER": ("unreadable number", "数字无法识别"),
    "NUMBER_TOO_LARGE": ("number too large", "数字太大"),
    "NOT_EXACT": ("too many decimal places", "小数位太多"),
    "UNKNOWN_CURRENCY": ("unknown currency", "未知币种"),
}
CHUNK = 200


def rewrite(apps, schema_editor):
    tickets = apps.get_model("exceptions", "Ticket").objects
    names = dict(apps.get_model("integrations", "Connection").objects.values_list("code", "name"))
    found = tickets.filter(subject_kind="parked", evidence__reason__in=list(NAMES)).order_by("pk")
    ids = list(found.values_list("pk", flat=True))
    for place in range(0, len(ids), CHUNK):
        _tickets(apps, list(found.filter(pk__in=ids[place:place + CHUNK])), names)


def _tickets(apps, tickets, names):
    """Their titles, and what is told of them."""
    old = {}
    for ticket in tickets:
        code = ticket.subject_key.partition("/")[0]
        en, zh = NAMES[ticket.evidence["reason"]]
        name = names.get(code, code)
        old[f"/tickets/{ticket.number}/"] = (ticket, ticket.title_en, ticket.title_zh)
        ticket.title_en = f"{name}: rows cannot be read ({en})"[:300]
        ticket.title_zh = f"{name}：数据行无法读取（{zh}）"[:300]
        ticket.save(update_fields=["title_en", "title_zh"])
    for notice in apps.get_model("kernel", "Notice").objects.filter(link__in=list(old)):
        notice.text_en, notice.text_zh = _replaced(notice.text_en, notice.text_zh, old[notice.link])
        notice.save(update_fields=["text_en", "text_zh"])
    for message in apps.get_model("kernel", "OutboxMessage").objects.filter(payload__link__in=list(old)):
        said = message.payload
        said["text_en"], said["text_zh"] = _replaced(
            said.get("text_en", ""), said.get("text_zh", ""), old[said["link"]])
        message.save(update_fields=["payload"])


def _replaced(english, chinese, known):
    ticket, title_en, title_zh = known
    return english.replace(title_en, ticket.title_en), chinese.replace(title_zh, ticket.title_zh)


class Migration(migrations.Migration):

    dependencies = [
        ("exceptions", "0010_split_from"),
        ("kernel", "0008_codes_by_signs"),
        ("integrations", "0008_codes_by_signs"),
    ]

    operations = [
        migrations.RunPython(rewrite, migrations.RunPython.noop, elidable=True),
    ]
