"""Which panels stand at which place, in this order? Place → functions (subject, user) → Panel or None.

"order_sentence" is another kind of place: its functions return a dict of orders.sentence.Facts, later ones win.
"""

PANELS = {
    "order": [
        "sla.panels.order_path",
        "exceptions.panels.order_tickets",
        "reconciliation.panels.order_differences",
    ],
    "order_sentence": [
        "sla.panels.order_sentence",
        "exceptions.panels.order_sentence",
    ],
}
