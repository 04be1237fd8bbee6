"""Which scope owns an order? The first rule that finds one: sales team, customer, plant, the system's own."""
from kernel.models import Scope
from orders.models import StockLevel

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

    def owner_of_plant(self, company_id, plant_code, otherwise):
        """The scope of the plant with this code, or `otherwise` when there is none."""
        return self._by_code.get((company_id, Scope.PLANT, str(plant_code or "").casefold()), otherwise)

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


def plants_of_stock(records):
    """{record: code of the plant} of statements about stock: as they say, else the one plant that has the warehouse.

    `records` are those of orders.records. A system that names the warehouse only is understood by what the others
    say of it; a warehouse that two plants have belongs to neither.
    """
    stock = {
        one: one.latest.statement.data for one in records if one.entity == "stock" and one.latest and not one.order_id
    }
    known = _plants_of_warehouses(stock)
    found = {one: data.get("plant") or known.get((one.system.company_id, data.get("warehouse")))
             for one, data in stock.items()}
    return {one: plant for one, plant in found.items() if plant}


def _plants_of_warehouses(stock):
    """{(company id, warehouse): plant code}, from these statements and the stock known, where it is only one."""
    said = {
        (one.system.company_id, data.get("warehouse"), data["plant"])
        for one, data in stock.items() if data.get("plant")
    }
    asked = {data["warehouse"] for data in stock.values() if data.get("warehouse") and not data.get("plant")}
    if asked:
        levels = StockLevel.objects.filter(warehouse__in=asked).exclude(plant_code="")
        said |= set(levels.order_by().values_list("system__company_id", "warehouse", "plant_code").distinct())
    plants = {}
    for company_id, warehouse, plant in said:
        plants.setdefault((company_id, warehouse), set()).add(plant)
    return {name: codes.pop() for name, codes in plants.items() if len(codes) == 1}
