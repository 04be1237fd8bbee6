"""Having open tickets follow their kind's chain as it is set up now."""
from exceptions import entries
from exceptions.chain_steps import behind, levels_of, pinned, steps_of
from exceptions.models import Ticket
from exceptions.ticket_clocks import lock_ticket
from kernel.news import action
from sla.actions import relevel_clock


@action
def reapply_chain(*, chain, ticket_ids, by, at):
    """These open tickets, which began with other steps, are told on by the chain of today. Returns how many.

    A level that has fired does not fire again, and one whose time has passed is not made up for. Each ticket keeps
    a line that says it.
    """
    steps, done = steps_of(chain), 0
    for pk in sorted(behind(chain, ticket_ids=ticket_ids)):
        ticket = lock_ticket(Ticket(pk=pk))
        if not ticket.is_open:
            continue
        ticket.chain_steps = pinned(steps)
        ticket.save(update_fields=["chain_steps"])
        relevel_clock(clock=ticket.resolution_clock, levels=levels_of(steps), at=at)
        entries.add_entry(ticket, entries.RECHAINED, at, by)
        done += 1
    return done
