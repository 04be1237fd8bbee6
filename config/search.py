"""What does the global search look through, in this order? Functions (term, user, limit) → list of Hit."""

SEARCHES = [
]
