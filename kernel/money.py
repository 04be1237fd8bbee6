"""Which fields are money, and who may read them?"""
MONEY = frozenset({
    "amount", "amount_minor", "currency", "unit_price", "unit_price_u", "credit_limit_minor",
    "credit_currency", "credit_in_use_minor", "price",
})
PERMISSION = "orders.see_finance"


def may_see_money(user):
    return user.has_perm(PERMISSION)


def is_money(name):
    """True for a field name, or the name of a compared field, that holds an amount or a price."""
    return name in MONEY


def without_money(value, user):
    """`value` (JSON-native, any depth) with every money key left out, unless the person may see amounts."""
    return value if may_see_money(user) else _strip(value)


def _strip(value):
    if isinstance(value, dict):
        return {key: _strip(item) for key, item in value.items() if not is_money(key)}
    if isinstance(value, list):
        return [_strip(item) for item in value]
    return value
