"""Of which lists can views be saved? Name of the list's address → the permission to open it."""

LISTS = {"orders": "orders.view_order", "tickets": "exceptions.view_ticket", "board": "sla.view_milestone"}
