"""Which tickets open when rows could not be read?"""
from exceptions.actions import open_ticket
from integrations.models import ParkedRow


def open_parked_tickets(news):
    """row.parked: one ticket per connection and reason, whatever the number of rows."""
    rows = ParkedRow.objects.filter(pk__in=[one.key for one in news]).select_related("connection__system", "scope")
    seen = set()
    for row in rows.order_by("pk"):
        subject = (row.connection_id, row.reason_code)
        if subject in seen:
            continue
        seen.add(subject)
        open_ticket(
            subject_kind="parked", subject_key=f"{row.connection.code}/{row.reason_code}", kind_code="parked_rows",
            title_en=f"{row.connection.name}: {row.reason_en}"[:300],
            title_zh=f"{row.connection.name}：{row.reason_zh}"[:300], scope=row.scope, at=news[0].at,
            evidence={"reason": row.reason_code, "system": row.connection.system.code, "first": row.pk},
        )
