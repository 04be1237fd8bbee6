"""Tickets of differences in amounts and prices say which and where, and no longer how much."""
from django.db import migrations

# As they were called when this was written: compared field → (English, Chinese).
FIELDS = {
    "amount_minor": ("Amount", "金额"), "amount": ("Amount", "金额"), "currency": ("Currency", "币种"),
    "unit_price_u": ("Unit price", "单价"), "unit_price": ("Unit price", "单价"), "price": ("Price", "价格"),
    "credit_limit_minor": ("Credit limit", "信用额度"), "credit_currency": ("Credit currency", "信用币种"),
    "credit_in_use_minor": ("Credit in use", "已用信用"),
}
ACRONYMS = {"erp", "wms", "crm", "tms", "mes"}
CHUNK = 200


def rewrite(apps, schema_editor):
    tickets = apps.get_model("exceptions", "Ticket").objects
    entries = apps.get_model("exceptions", "TicketEntry").objects
    found = tickets.filter(evidence__field__in=list(FIELDS)).select_related("order").order_by("pk")
    ids = list(found.values_list("pk", flat=True))
    for place in range(0, len(ids), CHUNK):
        _tickets(apps, list(found.filter(pk__in=ids[place:place + CHUNK])))
    for entry in entries.filter(data__evidence__field__in=list(FIELDS)).order_by("pk").iterator(chunk_size=CHUNK):
        _bare(entry.data["evidence"])
        for name in ("title_en", "title_zh"):
            entry.data.pop(name, None)
        entry.save(update_fields=["data"])


def _tickets(apps, tickets):
    """Their titles, what is told of them, and the person's words that a difference has kept itself."""
    rows = apps.get_model("reconciliation", "Difference").objects.in_bulk(
        [one.evidence["difference"] for one in tickets if isinstance(one.evidence.get("difference"), int)])
    old = {}
    for ticket in tickets:
        # A part split off has the title its person gave it.
        if ticket.subject_kind == "difference":
            old[f"/tickets/{ticket.number}/"] = (ticket, ticket.title_en, ticket.title_zh)
            ticket.title_en, ticket.title_zh = _titles(ticket, rows.get(ticket.evidence.get("difference")))
        _bare(ticket.evidence)
        ticket.save(update_fields=["title_en", "title_zh", "evidence"])
    entries = apps.get_model("exceptions", "TicketEntry").objects
    entries.filter(ticket__in=tickets, data__why__in=["accepted", "invalid", "claimed"]).exclude(text="").update(text="")
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


def _titles(ticket, row):
    key = row.key if row else ticket.order.number if ticket.order else ticket.number
    is_order = ticket.order and ticket.order.number == key
    en, zh = FIELDS[ticket.evidence["field"]]
    asked = sorted((row.values or row.systems) if row else ticket.evidence.get("values") or {})
    systems = [_system(one) for one in asked]
    return (
        f"{en} differs between {_listed(systems, ', ', ' and ')} ({'order ' if is_order else ''}{key})"[:300],
        f"{_listed(systems, '、', ' 与 ')} 的{zh}不一致（{'订单 ' if is_order else ''}{key}）"[:300],
    )


def _listed(names, comma, last):
    return last.join([comma.join(names[:-1]), names[-1]] if names[1:] else names)


def _system(name):
    return " ".join(one.upper() if one.rstrip("0123456789") in ACRONYMS else one for one in name.split("_"))


def _bare(evidence):
    evidence.pop("values", None)


class Migration(migrations.Migration):

    dependencies = [
        ("exceptions", "0010_split_from"),
        ("kernel", "0008_codes_by_signs"),
        ("reconciliation", "0006_compared_keys"),
    ]

    operations = [
        migrations.RunPython(rewrite, migrations.RunPython.noop, elidable=True),
    ]
