"""By which fragments is an order number found?"""
from orders.bulk import insert_rows
from orders.models import SearchTerm

SHORTEST, LONGEST = 3, 7


def terms_of(number):
    """The number itself, it without signs, and its last 3 to 7 characters: a search is a range over them."""
    plain = "".join(letter for letter in number if letter.isalnum())
    terms = {number, plain}
    terms.update(plain[-length:] for length in range(SHORTEST, LONGEST + 1) if length < len(plain))
    return sorted(term for term in terms if term)


def write_terms(numbers):
    """Insert the terms of new orders: {order id: number}."""
    insert_rows(SearchTerm, ("term", "order"), [
        (term, order_id) for order_id, number in numbers.items() for term in terms_of(number)
    ])
