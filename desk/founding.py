"""What does a hub hold before its first order? Only rows that are missing are made; called again, it makes none."""

from exceptions.seed import seed_exceptions
from kernel.models import Company, Scope
from sla.seed import seed_kinds, seed_reference


def lay_ground(*, at):
    """Order kinds and tiers; departments, plans, ticket kinds and routes as soon as there is a company. Counts them."""
    company = Company.objects.order_by("pk").first()
    if company is None:
        return seed_kinds()
    sure_scope(company)
    return seed_reference(company=company, at=at) + seed_exceptions()


def sure_scope(company):
    """The company's first data scope; one for everything is made when it has none."""
    found = Scope.objects.filter(company=company).order_by("pk").first()
    if found:
        return found
    code = f"main-{company.code}" if Scope.objects.filter(code="main").exists() else "main"
    return Scope.objects.create(
        company=company, code=code, kind=Scope.SYSTEM, name_en="Everything", name_zh="全部"
    )
