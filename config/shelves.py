"""Under which headings, each with a short line, does the page of all settings lead to them?

What stands on no shelf is listed below them, to be looked up.
"""
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Entry:
    """A model by its label, "kernel.company", and what it is for; `page` is the route of a page of our own for it.

    Without a model it is a page: then it has its own `title` and `permission`.
    """

    model: str
    line: str
    page: str = ""
    title: str = ""
    permission: str = ""


@dataclass(frozen=True)
class Shelf:
    title: str
    line: str
    entries: tuple[Entry, ...]


SHELVES = (
    Shelf(_("Company"), _("Who we are, where, and when we work."), (
        Entry("kernel.company", _("Name, time zone, currency and work calendar.")),
        Entry("kernel.plant", _("Sites with a time zone and a calendar of their own.")),
        Entry("kernel.department", _("Who looks after what, who heads it, how many tickets one may have at once.")),
        Entry("kernel.workcalendar", _("Working hours of the week and the announced days off.")),
        Entry("kernel.calendarday", _("Single days of all calendars: off, or worked by other hours.")),
    )),
    Shelf(_("People"), _("Who works here, and what each may see and do."), (
        Entry("kernel.user", _("Names, departments, roles and data scopes."), "settings-people"),
        Entry("", _("What each role may do."), "settings-roles", _("Roles"), "kernel.view_user"),
        Entry("kernel.scope", _("Which rows belong together for seeing: teams, plants, groups of customers.")),
        Entry("kernel.apitoken", _("Which programs ask the hub, for whom, until when."), "settings-tokens"),
    )),
    Shelf(_("Orders"), _("Which kinds of orders there are, and which system is believed."), (
        Entry("orders.orderkind", _("Standard, urgent, VMI and the others, with their names.")),
        Entry("orders.customertier", _("How customers are ranked; milestone plans may differ by tier.")),
        Entry("orders.holdkind", _("What an order on hold may wait for, and whose time that is.")),
        Entry("orders.sourcesystem", _("ERP, WMS and the others: names, and after which silence one is asked about.")),
        Entry("orders.authorityversion", _("Which system is believed about what, in versions.")),
    )),
    Shelf(_("Milestones"), _("Which steps an order passes, until when, and whose they are."), (
        Entry("sla.milestoneplan", _("The nodes of each kind of order, in versions."), "plans"),
        Entry("sla.milestonenode", _("The nodes of all plans in one list.")),
    )),
    Shelf(_("Tickets"), _("Who is asked, until when, and who hears of it when it takes too long."), (
        Entry("exceptions.ticketkind", _("Response and resolution times, department and escalation of each kind.")),
        Entry("exceptions.routingrule", _("Which department gets a ticket; the first rule that fits counts.")),
        Entry("exceptions.chain", _("Whom a late ticket is told to, step by step.")),
        Entry("exceptions.chainlevel", _("The steps of all chains in one list.")),
        Entry("exceptions.article", _("What solved the like before; shown beside a ticket.")),
    )),
    Shelf(_("Comparisons and connections"), _("What is compared, and where rows come from."), (
        Entry("reconciliation.profile", _("Which systems are compared, by which number, how far apart values may be."),
              "profiles"),
        Entry("integrations.connection", _("Which systems are read, how often and by which mapping.")),
    )),
)
