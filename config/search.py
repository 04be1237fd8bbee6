"""What does the global search look through, in this order? Functions (term, user, limit) → list of Hit."""

SEARCHES = [
    "orders.search.search_orders",
    "exceptions.search.search_tickets",
    "orders.search.search_customers",
    "orders.search.search_materials",
    "exceptions.search.search_articles",
]
