"""Which role may do what? Role code → names and permissions; `manage.py sync_roles` writes them as groups.

Rows are another matter: they come from scopes (kernel/access.py). A role says which panels and actions.
"""
from django.utils.translation import gettext_lazy as _

from kernel.roles import Role


def view(app, *models):
    return {f"{app}.view_{model}" for model in models}


def edit(app, *models):
    return {f"{app}.{verb}_{model}" for model in models for verb in ("view", "add", "change")}


def remove(app, *models):
    return {f"{app}.delete_{model}" for model in models}


ORDERS = (
    view("orders", "order", "orderline", "event", "sourcerecord", "externalkey", "party", "material", "bomrevision",
         "orderkind", "customertier", "sourcesystem", "holdkind")
    | view("sla", "milestone")
    | view("kernel", "notice", "company", "plant", "department")
    | edit("kernel", "apitoken")
)
TICKETS = view("exceptions", "ticket", "ticketentry", "ticketkind", "ticketwatcher", "ticketattachment", "article",
               "articleverdict") | {
    "exceptions.work_ticket", "exceptions.add_ticket",
}
# Every department looks after some comparison: its people see runs and differences of their scopes, and work on those
# their department owns (reconciliation/rights.py). Money stays with who sees finance.
DIFFERENCES = view(
    "reconciliation", "difference", "observation", "differenceentry", "profile", "profileversion", "profiledraft",
    "run", "causegroup"
)
# A profile is built by the business: a draft hurts nobody, publishing it is `change_profile`.
PROFILES = edit("reconciliation", "profile", "profiledraft") | {"integrations.add_importfile"}
STOCK = view("orders", "stocklevel")
CLOCKS = view(
    "sla", "experience", "waitreading", "waitcell", "clock", "clocksegment", "clockfire", "milestoneplan",
    "milestonenode",
) | view("kernel", "workcalendar", "calendarday", "calendarversion")
DOORS = view(
    "integrations", "connection", "synccursor", "inboxbatch", "parkedrow", "importfile", "mapping"
) | view("kernel", "outboxmessage", "jobrun", "heartbeat")
SETTINGS = (
    edit("kernel", "company", "plant", "department", "scope", "workcalendar")
    | edit("orders", "orderkind", "customertier", "holdkind", "sourcesystem", "authorityrank", "authorityversion")
    | edit("sla", "milestoneplan", "milestonenode")
    | edit("exceptions", "ticketkind", "chain", "chainlevel", "routingrule", "article")
    | remove("exceptions", "chainlevel", "routingrule")
    | remove("orders", "authorityrank")
    | remove("sla", "milestonenode")
)
PEOPLE = view("kernel", "user") | {"kernel.change_user", "kernel.add_user", "kernel.see_scope"}
CONTACTS = view("orders", "partyrole", "partycontact")

ROLES = {
    "order_operations": Role(
        "Order operations", "订单运营",
        frozenset(
            ORDERS | TICKETS | DIFFERENCES | PROFILES | STOCK | CLOCKS | CONTACTS | view("orders", "ordershare")
            | view("exceptions", "chain", "chainlevel", "routingrule") | view("integrations", "parkedrow", "importfile")
            | edit("sla", "milestoneplan", "milestonenode") | edit("exceptions", "ticketkind", "article")
            | {"orders.hold_order", "orders.expedite_order", "orders.join_order", "orders.see_finance",
               "orders.see_capacity", "orders.see_transit", "exceptions.assign_ticket", "exceptions.work_any_ticket",
               "reconciliation.accept_difference", "reconciliation.run_profile"}
        ),
    ),
    "sales": Role(
        "Sales", "销售",
        frozenset(ORDERS | TICKETS | DIFFERENCES | CONTACTS | {
            "orders.see_capacity", "orders.see_finance", "orders.hold_order", "orders.expedite_order",
        }),
    ),
    "service": Role(
        "Customer service", "客服", frozenset(ORDERS | TICKETS | DIFFERENCES | CONTACTS | {"orders.see_transit"}),
    ),
    "finance": Role(
        "Finance", "财务",
        frozenset(ORDERS | TICKETS | DIFFERENCES | view("orders", "partyrole") | {
            "orders.see_finance", "orders.hold_order", "reconciliation.accept_difference",
            "reconciliation.run_profile",
        }),
    ),
    "planner": Role(
        "Planner", "计划", frozenset(ORDERS | TICKETS | DIFFERENCES | STOCK | CLOCKS | {"orders.see_capacity"}),
    ),
    "warehouse": Role(
        "Warehouse", "仓储", frozenset(ORDERS | TICKETS | DIFFERENCES | STOCK | {"orders.see_transit"}),
    ),
    "quality": Role("Quality", "质量", frozenset(ORDERS | TICKETS | DIFFERENCES | {"orders.hold_order"})),
    "department_head": Role(
        "Head of department", "部门负责人",
        frozenset(ORDERS | TICKETS | DIFFERENCES | STOCK | CLOCKS | {
            "orders.see_finance", "orders.see_capacity", "orders.see_transit", "orders.hold_order",
            "orders.expedite_order", "exceptions.assign_ticket", "reconciliation.accept_difference",
        }),
    ),
    "integration_engineer": Role(
        "Integration engineer", "集成工程师",
        frozenset(
            ORDERS | TICKETS | DIFFERENCES | PROFILES | STOCK | CLOCKS | DOORS | edit("integrations", "connection")
            | edit("orders", "sourcesystem")
            | view("orders", "authorityversion", "authorityrank")
            | {"integrations.run_connection", "reconciliation.run_profile", "orders.join_order", "orders.see_finance",
               "kernel.change_jobrun", "integrations.add_importfile", "kernel.change_outboxmessage"}
        ),
    ),
    "auditor": Role(
        "Auditor", "审计",
        frozenset(
            (ORDERS - edit("kernel", "apitoken")) | (TICKETS - {"exceptions.work_ticket", "exceptions.add_ticket"})
            | DIFFERENCES | STOCK | CLOCKS | DOORS
            | view("orders", "authorityversion", "authorityrank", "partyrole", "ordershare")
            | view("exceptions", "chain", "chainlevel", "routingrule")
            | view("kernel", "scope", "user", "apitoken")
            | {"kernel.see_scope", "orders.see_finance", "orders.see_capacity", "orders.see_transit"}
        ),
    ),
    "administrator": Role(
        "Administrator", "管理员",
        frozenset(
            ORDERS | TICKETS | DIFFERENCES | PROFILES | STOCK | CLOCKS | DOORS | SETTINGS | PEOPLE
            | {"integrations.run_connection", "reconciliation.run_profile", "exceptions.assign_ticket",
               "exceptions.work_any_ticket",
               "orders.see_finance", "orders.see_capacity", "orders.see_transit", "kernel.change_jobrun",
               "kernel.change_outboxmessage"}
        ),
    ),
    "customer": Role("Customer", "客户", frozenset(), is_staff=False),
}

# What a role may do beyond looking, in words for the people page.
RIGHTS = {
    "orders.hold_order": _("Hold and release orders"),
    "orders.expedite_order": _("Expedite orders"),
    "orders.join_order": _("Join and part orders"),
    "orders.see_finance": _("See amounts and differences of finance"),
    "orders.see_capacity": _("See remaining capacity"),
    "orders.see_transit": _("See transit nodes"),
    "exceptions.add_ticket": _("Open tickets"),
    "exceptions.work_ticket": _("Work on tickets"),
    "exceptions.work_any_ticket": _("Work on tickets of every department"),
    "exceptions.assign_ticket": _("Assign tickets to others"),
    "reconciliation.accept_difference": _("Accept differences"),
    "reconciliation.run_profile": _("Start comparisons"),
    "reconciliation.change_profile": _("Publish comparison profiles"),
    "integrations.run_connection": _("Pull now and replay"),
    "kernel.change_jobrun": _("Start failed jobs again"),
    "kernel.change_outboxmessage": _("Send held messages"),
    "kernel.change_user": _("Change people and their roles"),
    "kernel.see_scope": _("See the rows of every scope"),
}

# What the people page counts to show what somebody will see.
THINGS = [
    "orders.Order", "exceptions.Ticket", "reconciliation.Difference", "sla.Milestone", "orders.Party",
    "orders.StockLevel", "orders.SourceRecord", "integrations.Connection", "integrations.ParkedRow",
]
