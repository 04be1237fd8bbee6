"""Who hears that something happened to a ticket, beside those whose work it is?"""
from exceptions import entries
from exceptions.models import TicketEntry, TicketWatcher
from exceptions.telling import tell, ticket_link
from kernel.access import sees

SAID = {  # action of an entry → (English, Chinese)
    entries.ASSIGNED: ("{number} is with {name} now: {title}", "{number} 现由{name}处理：{title}"),
    entries.COMMENTED: ("{by} commented on {number}: {title}", "{by}评论了 {number}：{title}"),
    entries.ATTACHED: ("{by} attached {name} to {number}: {title}", "{by}为 {number} 添加了附件 {name}：{title}"),
    entries.WAITED: ("{number} waits for somebody else: {title}", "{number} 正在等待他方：{title}"),
    entries.RESUMED: ("{number} goes on: {title}", "{number} 继续处理：{title}"),
    entries.RESOLVED: ("{number} is resolved: {title}", "{number} 已解决：{title}"),
    entries.REOPENED: ("{number} is open again: {title}", "{number} 已重新打开：{title}"),
    entries.CLOSED: ("{number} is closed: {title}", "{number} 已关闭：{title}"),
    entries.MERGED: ("{number} and another ticket go on as one: {title}", "{number} 已与另一工单合并：{title}"),
    entries.HANDED: ("{number} is handed over to {to_en}: {title}", "{number} 已移交{to_zh}：{title}"),
    entries.SPLIT: ("A part of {number} is a ticket of its own now: {title}", "{number} 已拆分出新工单：{title}"),
}


def tell_watchers(news):
    """ticket.noted: each watcher who sees the ticket hears of it, but for who did it.

    Of comments and files the assignee hears too.
    """
    found = TicketEntry.objects.filter(pk__in=[one.key for one in news]).order_by("pk")
    rows = list(found.select_related("by", "ticket__assignee", "ticket__kind"))
    watchers = {}
    for one in TicketWatcher.objects.filter(ticket__in={row.ticket_id for row in rows}).select_related("person"):
        watchers.setdefault(one.ticket_id, []).append(one.person)
    for row in rows:
        people = [one for one in _hearers(row, watchers.get(row.ticket_id, ())) if sees(one, row.ticket)]
        if people:
            _tell(row, people)


def _hearers(entry, watchers):
    told = entry.action in (entries.COMMENTED, entries.ATTACHED) and entry.ticket.assignee
    asked = [entry.ticket.assignee] if told else []
    told_already = entry.data.get("to") if entry.action == entries.ASSIGNED else None  # as the new owner
    known = {one.pk: one for one in (*watchers, *asked) if one.pk not in (entry.by_id, told_already)}
    return [known[pk] for pk in sorted(known)]


def _tell(entry, people):
    en, zh = SAID[entry.action]
    ticket, name = entry.ticket, entry.data.get("name", "")
    by = (str(entry.by),) * 2 if entry.by else ("The hub", "系统")
    to = {f"to_{one}": entry.data.get(f"to_{one}", "") for one in ("en", "zh")}
    tell(
        people, key=f"noted:{entry.pk}", kind=entries.NOTED,
        text_en=en.format(number=ticket.number, title=ticket.title_en, name=name, by=by[0], **to),
        text_zh=zh.format(number=ticket.number, title=ticket.title_zh, name=name, by=by[1], **to),
        link=ticket_link(ticket), scope_id=ticket.scope_id, at=entry.at, any_hour=ticket.kind.any_hour,
    )
