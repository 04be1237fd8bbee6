"""Puts the sample factory's people into a demo: departments' heads, scopes, one account per role."""
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from config.demo_people import PASSWORD, SHOP_FLOOR, WORKERS, accounts
from kernel.access import grant_scope
from kernel.models import Company, Department, Plant, Scope, User
from kernel.people import edit_person, set_roles
from kernel.roles import sync_roles
from orders.models import Party


class Command(BaseCommand):
    help = "One account per role for the demo, with known passwords. Refused outside a demo. Safe to repeat."

    def add_arguments(self, parser):
        parser.add_argument("--quiet", action="store_true", help="do not print the accounts")

    def handle(self, **options):
        if not (settings.DEMO and settings.IS_DEVELOPMENT):
            raise CommandError("Known passwords are for a demo only: ORDERHUB_DEMO=1 and ORDERHUB_DEBUG=1.")
        with transaction.atomic():
            sync_roles(by=None, at=timezone.now())
            for worker in WORKERS:
                _seed(worker)
            _seed_root()
            _heads()
        if not options["quiet"]:
            self._print()

    def _print(self):
        for username, password, worker in [*accounts(), ("admin", PASSWORD + "admin", None)]:
            name = worker.full_name if worker else "administrator of everything"
            self.stdout.write(f"  {username:<22} {password:<28} {name}")


def _seed(worker):
    at = timezone.now()
    person = User.objects.filter(username=worker.username).first()
    if person is None:
        # Known, weak passwords on purpose: validators do not apply to a demo.
        person = User.objects.create_user(worker.username, password=PASSWORD + worker.username)
    fields = {"full_name": worker.full_name, "department": Department.objects.filter(code=worker.department).first()}
    if worker.department in SHOP_FLOOR:
        fields["plant"] = Plant.objects.order_by("pk").first()
    if worker.role == "customer":
        fields |= _best_customer()
    edit_person(person=person, fields=fields, by=None, at=at)
    set_roles(person=person, role_codes=[worker.role], by=None, at=at)
    for scope in _scopes(worker):
        grant_scope(scope=scope, to=person)


def _scopes(worker):
    named = Scope.objects.filter(code__in=worker.scopes)
    return named | Scope.objects.exclude(kind=Scope.SYSTEM) if "*" in worker.scopes else named


def _best_customer():
    """The customer with the most orders: the portal has something to show."""
    best = Party.objects.annotate(n=Count("orders")).order_by("-n", "code").select_related("company").first()
    company = best.company if best else Company.objects.order_by("pk").first()
    return {"customer_code": best.code if best else "none", "customer_company": company} if company else {}


def _seed_root():
    if not User.objects.filter(is_superuser=True).exists():
        User.objects.create_superuser("admin", password=PASSWORD + "admin", full_name="系统管理员")


def _heads():
    people = {person.username: person for person in User.objects.all()}
    for worker in WORKERS:
        if worker.heads:
            Department.objects.filter(code=worker.heads).update(head=people[worker.username])
