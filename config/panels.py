"""Which panels stand at which place, in this order? Place → functions (subject, user) → Panel or None.

Four places are of another kind: "order_sentence" functions (order, user, known)
return a dict of orders.sentence.Facts, later ones win;
"order_says" functions return dicts for orders.says.compare: what is probably said of the order elsewhere;
"list_choices" functions return a queryset of names (orders/choices.py), "condition_choices" {field: {value: name}} of
what a routing rule may ask about (exceptions/condition_choices.py).
"""

PANELS = {
    "order": [
        "sla.panels.order_path",
        "sla.panels.order_held",
        "exceptions.panels.order_tickets",
        "reconciliation.panels.order_differences",
        "reconciliation.panels.order_strays",
    ],
    "ticket": ["reconciliation.panels.ticket_differences"],
    "order_sentence": [
        "sla.panels.order_sentence",
        "exceptions.panels.order_sentence",
        "reconciliation.panels.order_sentence",
    ],
    "order_says": ["reconciliation.panels.order_says"],
    "condition_choices": ["reconciliation.panels.condition_choices"],
    "list_choices": [
        "sla.panels.node_names",
    ],
}
