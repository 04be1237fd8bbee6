"""Which tickets open when rows could not be read?"""
from exceptions.actions import open_ticket
from integrations.models import ParkedRow
from integrations.reasons import reason_names


def open_parked_tickets(news):
    """row.parked: one ticket per connection and reason, whatever the number of rows.

    Its title names the kind of reason alone: the sentence about a row quotes what stands in it, which may be an amount.
    """
    rows = ParkedRow.objects.filter(pk__in=[one.key for one in news]).select_related("connection__system", "scope")
    seen = set()
    for row in rows.order_by("pk"):
        subject = (row.connection_id, row.reason_code)
        if subject in seen:
            continue
        seen.add(subject)
        name_en, name_zh = reason_names(row.reason_code)
        open_ticket(
            subject_kind="parked", subject_key=f"{row.connection.code}/{row.reason_code}", kind_code="parked_rows",
            title_en=f"{row.connection.name}: rows cannot be read ({name_en})"[:300],
            title_zh=f"{row.connection.name}：数据行无法读取（{name_zh}）"[:300], scope=row.scope, at=news[0].at,
            evidence={"reason": row.reason_code, "system": row.connection.system.code, "first": row.pk},
        )
