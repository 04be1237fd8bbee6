"""Which orders, customers and materials does a term find?"""

from django.utils.translation import gettext as _

from kernel.hits import Hit
from orders.listing import Filters, in_range, matching
from orders.models import Material, Order, Party
from orders.words import STAGES, word


def search_orders(term, user, limit):
    """By number fragment, customer name, pinyin or initials, material; newest first."""
    if not user.has_perm("orders.view_order") or len(term) < 2:
        return []
    found = Order.objects.visible_to(user).filter(matching(term)).select_related("customer", "kind")
    rows = found.only(
        "number", "stage", "customer__name", "customer__short_name", "kind__name_en", "kind__name_zh", "created_at"
    )
    return [
        Hit(
            _("Orders"),
            row.number,
            " · ".join(str(part) for part in (row.customer or "", word(STAGES, row.stage)) if part),
            row.address,
            "receipt_long",
            row.number == term.upper(),
        )
        for row in rows.order_by("-created_at", "-pk")[:limit]
    ]


def search_customers(term, user, limit):
    if not user.has_perm("orders.view_party") or not term:
        return []
    found = Party.objects.visible_to(user).filter(search_key__contains=term.upper()).select_related("company")
    return [
        Hit(_("Customers"), row.name, row.code, _orders_of(row), "apartment")
        for row in found.order_by("code", "company_id")[:limit]
    ]


def _orders_of(customer):
    """With the company, because the same code is somebody else in another one."""
    return "/orders/?" + Filters(customer=customer.code, company=customer.company.code).query


def search_materials(term, user, limit):
    if not user.has_perm("orders.view_material") or not term:
        return []
    upper = term.upper()
    found = Material.objects.visible_to(user).filter(in_range("code", upper))[:limit]
    found = list(found) or list(
        Material.objects.visible_to(user).filter(search_key__contains=upper).order_by("code")[:limit]
    )
    return [Hit(_("Materials"), row.code, row.name, f"/orders/?q={row.code}", "category") for row in found]
