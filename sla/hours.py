"""By whose working hours does time count: for a node, for a ticket, for an order as a whole?

One rule: by those of whoever must act. The department's own calendar, else that of the plant its order is made in, else
the company's.
"""
from dataclasses import dataclass

from django.db.models import Value
from django.db.models.functions import Coalesce

from sla.calendars import WorkTime, work_times


def whose(department, plant, company):
    """Of those who must act the one whose calendar counts; None where nobody keeps any, and every second counts."""
    return next((one for one in (department, plant, company) if one and one.calendar_id), None)


def counted_by(department, plant, company):
    """The same rule in SQL, by the paths to the three: the id of a calendar, 0 for none."""
    return Coalesce(*(f"{path}__calendar" for path in (department, plant, company)), Value(0))


def calendar_id_of(order):
    """What an order as a whole is measured by, whoever has it: its plant's hours, else its company's."""
    return _id(whose(None, order.plant, order.company))


def calendar_id_of_node(node, order):
    return _id(whose(node.department, order.plant, order.company))


def _id(owner):
    return owner and owner.calendar_id


@dataclass(frozen=True, slots=True)
class OrderTime:
    """The WorkTime of an order as a whole, and that of each node of its path, {code: WorkTime}."""

    whole: WorkTime
    of: dict

    @property
    def counting(self):
        """The compiled calendars, named as sla.milestones takes them."""
        return {"calendar": self.whole.compiled, "calendars": {code: work.compiled for code, work in self.of.items()}}


def works_for(orders, nodes):
    """{calendar id: WorkTime} that these orders and nodes (rows with their departments) may count by; one query."""
    departments = {node.department.calendar_id for node in nodes if node.department}
    return work_times({calendar_id_of(order) for order in orders} | departments)


def order_time(order, nodes, works):
    """The OrderTime of an order whose path has these nodes; `works` as from works_for."""
    of = {node.code: works[calendar_id_of_node(node, order)] for node in nodes}
    return OrderTime(works[calendar_id_of(order)], of)


def time_of(order, nodes):
    """The same of one order alone."""
    return order_time(order, nodes, works_for([order], nodes))
