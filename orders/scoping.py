"""Which scope owns an order? The first rule that finds one: sales team, customer, plant, the system's own."""
from kernel.models import Scope

# (kind of scope, field of the order that names it by code)
RULES = ((Scope.SALES_TEAM, "sales_team"), (Scope.CUSTOMER_GROUP, "customer"), (Scope.PLANT, "plant"))


class Scopes:
    """All scopes, read once per batch: there are a few hundred."""

    def __init__(self):
        self._by_code = {}
        for scope_id, company_id, kind, code in Scope.objects.order_by("id").values_list(
            "id", "company_id", "kind", "code"
        ):
            self._by_code[company_id, kind, code.casefold()] = scope_id

    def owner_of(self, company_id, values, customer_scope, system_scopes):
        """The owning scope's id, or None when nothing names one.

        `values` are the order's folded fields by name, `customer_scope` the customer's own scope id,
        `system_scopes` the default scopes of the systems that speak, the most believed first.
        """
        for kind, field in RULES:
            if kind == Scope.CUSTOMER_GROUP and customer_scope:
                return customer_scope
            found = self._by_code.get((company_id, kind, str(values.get(field) or "").casefold()))
            if found:
                return found
        return next((scope for scope in system_scopes if scope), None)
