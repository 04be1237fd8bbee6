"""Which rows do the browser tests look at? One of everything, small and alive."""

from datetime import date, timedelta

from django.contrib import admin
from django.urls import reverse

from exceptions.models import Article, Chain, ChainLevel, RoutingRule, Ticket, TicketEntry, TicketKind
from integrations.models import Connection, ImportFile, InboxBatch, ParkedRow
from kernel.calendar_versions import change_calendar
from kernel.models import Company, Department, JobRun, Notice, Scope, User, WorkCalendar
from orders.models import Event, Order, OrderKind, OrderLine, Party, SearchTerm, SourceRecord, SourceSystem
from reconciliation.models import (
    DecisionFile,
    DecisionRow,
    Difference,
    Observation,
    Profile,
    ProfileDraft,
    ProfileVersion,
    Run,
)
from reconciliation.seed import ORDERS as SEEDED
from sla.actions import refresh_waits, start_clock
from sla.models import Milestone, MilestoneNode, MilestonePlan

ORDERS = {"version": 1, "name": "orders", **SEEDED}

H = timedelta(hours=1)


class Story:
    def __init__(self, now):
        self.now = now
        calendar = WorkCalendar.objects.create(
            code="office",
            name_en="Office",
            name_zh="办公",
            weekly=[[day, 510, 1050] for day in range(5)],
            covers_from=date(2020, 1, 1),
            covers_until=date(2040, 12, 31),
        )
        change_calendar(
            calendar=calendar, days={date(now.year, 10, 1): {"kind": "off", "source": "国庆节"}}, reason="通知",
            by=None, at=now,
        )
        self.calendar = calendar
        self.company = Company.objects.create(code="hq", name_en="Probe", name_zh="试验", calendar=calendar)
        self.department = Department.objects.create(
            company=self.company, code="quality", name_en="Quality", name_zh="质量部"
        )
        self.scope = Scope.objects.create(company=self.company, code="east", name_en="East", name_zh="华东")
        self.party = Party.objects.create(company=self.company, code="C1", name="上海汇众", scope=self.scope)
        self._systems()
        self._plan()
        kind = OrderKind.objects.create(code="standard", name_en="standard", name_zh="标准")
        self.orders = [self._order(kind, n) for n in range(1, 5)]
        self._ticket()
        self._article()
        self._comparison()
        self._doors()
        self._people()
        refresh_waits(at=now)

    def administrator(self, language):
        code = "zh-hans" if language == "zh" else "en"
        user = User.objects.create_superuser(
            "boss", password="x", language=code, full_name="周立", department=self.department
        )
        Notice.objects.create(
            key="n", person=user, kind="x", text_en="T-1 is yours", text_zh="T-1 归您", created_at=self.now
        )
        return user

    def customer(self):
        return User.objects.create_user("kunde", customer_code="C1", customer_company=self.company, language="en")

    def addresses(self):
        return [
            "/",
            "/orders/",
            "/orders/?late=late",
            "/orders/?q=nothing",
            "/orders/SO-1/",
            "/tickets/?tab=all",
            "/tickets/T-1/",
            "/tickets/new/",
            "/tickets/new/?about=order:SO-1",
            f"/tickets/new/?about=difference:{self.difference.pk}",
            "/knowledge/",
            "/knowledge/?q=放行",
            "/knowledge/?drafts=1",
            "/knowledge/new/",
            "/knowledge/release/?ticket=T-1",
            "/knowledge/release/edit/",
            "/board/",
            "/board/?wall=1",
            "/figures/",
            "/figures/?department=quality&weeks=4",
            "/figures/bottlenecks/",
            "/figures/bottlenecks/?edge=on~ordered~release",
            "/figures/tickets/",
            "/plans/",
            f"/plans/{self.plan.pk}/",
            f"/chains/{self.chain.pk}/",
            "/calendars/",
            "/calendars/new/",
            f"/calendars/{self.calendar.pk}/",
            f"/calendars/{self.calendar.pk}/change/",
            f"/calendars/{self.calendar.pk}/import/",
            "/profiles/",
            "/profiles/new/",
            "/profiles/erp-wms/",
            f"/profiles/drafts/{self.draft.pk}/",
            "/runs/",
            "/runs/calendar/",
            f"/runs/{self.run.pk}/",
            f"/decisions/{self.decisions.pk}/",
            "/differences/",
            f"/differences/{self.difference.pk}/",
            "/connections/",
            "/inbox/",
            "/jobs/",
            f"/jobs/{self.job.pk}/",
            "/notices/",
            "/search/?q=SO-",
            "/keyboard/",
            "/files/",
            "/setup/company/",
            "/differences/?tab=resolved",
            "/tickets/?tab=mine",
            "/notices/?before=1",
            "/jobs/?state=done",
            f"/files/{self.file.pk}/",
            "/settings/people/",
            "/settings/people/new/",
            f"/settings/people/{self.colleague.pk}/",
            "/settings/roles/",
            "/settings/keys/",
            "/admin/",
            "/nowhere/",
        ]

    def settings_addresses(self):
        """Every list of the admin, and the form of its newest row."""
        found = []
        for model in admin.site._registry:
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            found.append(reverse(f"{name}_changelist"))
            row = model._base_manager.order_by("-pk").first()
            if row:
                found.append(reverse(f"{name}_change", args=[row.pk]))
        return found

    def _article(self):
        Article.objects.create(
            code="release", title_en="No release yet", title_zh="迟迟不放行", causes=["late_quality"],
            body_en="**Ask** the inspector.\n\n1. Look\n2. Call", body_zh="**询问**检验员：\n\n1. 查看\n2. 打电话",
            search_words="质检, QC",
        )

    def _people(self):
        self.colleague = User.objects.create_user(
            "colleague", full_name="李薇", is_staff=True, department=self.department
        )
        self.file = ImportFile.objects.create(
            name="erp.xlsx", sha256="x", path="x", scope=self.scope, header=["单号", "数量"], row_count=2, good_count=1,
            bad_rows=[{"row": 3, "reason_en": "Too many cells.", "reason_zh": "单元格过多。"}],
            dropped_at=self.now, keep_until=self.now + 999 * H,
        )

        self.decisions = DecisionFile.objects.create(
            run=self.run, name="decided.xlsx", state="read", row_count=2, dropped_by=self.colleague,
            dropped_at=self.now, read_at=self.now,
        )
        for number, outcome, why in ((2, "ready", ""), (3, "refused", "此差异已不是未处理状态。")):
            DecisionRow.objects.create(
                file=self.decisions, sheet="差异", number=number, key="SO-1", difference=self.difference,
                decision="accept", reason="已与客户确认", outcome=outcome, sentence=why,
            )

    def _systems(self):
        self.systems = {
            code: SourceSystem.objects.create(
                company=self.company,
                code=code,
                role=code,
                name_en=code.upper(),
                name_zh=code.upper(),
                scope=self.scope,
                last_heard_at=self.now - (9 * H if code == "mes" else H / 60),
            )
            for code in ("erp", "wms", "mes", "hub")
        }

    def _plan(self):
        plan = self.plan = MilestonePlan.objects.create(
            code="std", name_en="Standard", name_zh="标准", is_current=True
        )
        self.nodes = [
            MilestoneNode.objects.create(
                plan=plan, sequence=n, code=code, fact=code, name_en=en, name_zh=zh, department=self.department
            )
            for n, (code, en, zh) in enumerate(
                [
                    ("ordered", "Order accepted", "接单"),
                    ("qc_released", "QC release", "质检放行"),
                    ("shipped", "Shipping", "发运"),
                ],
                1,
            )
        ]

    def _order(self, kind, n):
        late = n == 1
        order = Order.objects.create(
            company=self.company,
            kind=kind,
            number=f"SO-{n}",
            scope=self.scope,
            customer=self.party,
            created_at=self.now - n * H,
            identity="confirmed",
            commercial="confirmed",
            stage="confirmed",
            lateness=2 if late else n % 2,
            late_since=self.now - 6 * H if late else None,
            late_reason_en="QC release has not been reported",
            late_reason_zh="质检放行尚未报工",
            next_due_at=self.now + n * H,
            next_node="qc_released",
            promised_at=self.now + 30 * H,
            forecast_at=self.now + 40 * H,
            quantity_m=480_000,
            amount_minor=12_345,
            currency="CNY",
            open_tickets=int(late),
            open_differences=int(late),
            conflicts=[{"subject": "quantity_m", "why": "differ", "values": {"erp": 480000, "wms": 440000}}]
            if late
            else [],
        )
        SearchTerm.objects.create(term=order.number, order=order)
        OrderLine.objects.create(order=order, number="10", material_code="M-1", quantity_m=480_000, unit="pcs")
        for node, state in zip(self.nodes, ("done", "late" if late else "running", "waiting"), strict=True):
            planned = self.now + (node.sequence - 2) * 8 * H - (6 * H if late else -H)
            Milestone.objects.create(
                order=order,
                node=node,
                sequence=node.sequence,
                state=state,
                planned_at=planned,
                actual_at=planned if state == "done" else None,
                forecast_at=planned + H,
            )
        for code in ("erp", "wms"):
            self._record(order, code)
        return order

    def _record(self, order, code):
        at = self.now - 3 * H
        record = SourceRecord.objects.create(
            system=self.systems[code],
            entity="order",
            key=f"{code}-{order.number}",
            order=order,
            scope=self.scope,
            occurred_at=at,
            data={"status": "confirmed", "axis": "commercial", "quantity_m": 480000 if code == "erp" else 440000},
            received_at=at,
            first_received_at=at,
            payload_hash="x",
            order_number=order.number,
            status_raw="已确认",
        )
        Event.objects.create(
            system=self.systems[code],
            identity=f"m:{record.key}",
            record=record,
            order=order,
            entity="order",
            key=record.key,
            occurred_at=at,
            received_at=at,
            recorded_at=at,
            payload_hash="x",
            data=record.data,
            status_raw="已确认",
        )

    def _ticket(self):
        self.chain = Chain.objects.create(code="normal", name_en="Normal", name_zh="一般升级链")
        for number, offset_s, target in ((-1, -3600, ChainLevel.ASSIGNEE), (0, 0, ChainLevel.HEAD)):
            ChainLevel.objects.create(chain=self.chain, number=number, offset_s=offset_s, target=target)
        kind = TicketKind.objects.create(code="late", name_en="late node", name_zh="节点延期", chain=self.chain)
        ticket = Ticket.objects.create(
            number="T-1",
            kind=kind,
            subject_kind="order",
            subject_key="1",
            open_key="1",
            order=self.orders[0],
            scope=self.scope,
            title_en="QC release is late",
            title_zh="质检放行已延期",
            department=self.department,
            opened_at=self.now - H,
            due_at=self.now + H,
            resolution_clock=start_clock(
                kind="budget", label="T-1", budget_s=7200, at=self.now - H, scope=self.scope, levels=[[-1, -3600]]),
            evidence={"node": "qc_released", "planned_at": self.now.isoformat()},
        )
        TicketEntry.objects.create(ticket=ticket, at=self.now, action="opened")
        RoutingRule.objects.create(
            priority=10, kind=kind, department=self.department,
            conditions=[
                {"field": "cause", "op": "in", "value": ["OUTAGE"]}, {"field": "severity", "op": "le", "value": 2},
            ],
        )

    def _comparison(self):
        profile = Profile.objects.create(
            code="erp-wms", name_en="ERP against WMS", name_zh="ERP 与 WMS", company=self.company, scope=self.scope
        )
        version = ProfileVersion.objects.create(profile=profile, number=1, spec=ORDERS, published_at=self.now)
        changed = ORDERS | {"record": "wms", "fields": ORDERS["fields"] | {"status": {"type": "code"}}}
        self.draft = ProfileDraft.objects.create(
            profile=profile, based_on=version, scope=self.scope, spec=changed, name_en="ERP against WMS",
            name_zh="ERP 与 WMS", changed_at=self.now,
        )
        for back in (2, 1):
            self.run = Run.objects.create(
                profile=profile,
                version=version,
                state="done",
                as_of=self.now - back * H,
                finished_at=self.now,
                systems=["erp", "wms"],
                counts={"new": 1, "open": back},
            )
        causes = [
            {
                "cause": "UNIT_FACTOR",
                "rule": "quantity.factor",
                "version": 1,
                "confidence": "certain",
                "evidence": {},
                "sentence": {"en": "Equal at 12 a box.", "zh": "按12件/箱相等。"},
            }
        ]
        self.difference = Difference.objects.create(
            profile=profile,
            fingerprint="f",
            key="SO-1",
            kind="value",
            field="quantity_m",
            systems=["erp", "wms"],
            scope=self.scope,
            order=self.orders[0],
            values={"erp": 480000, "wms": 40000},
            cause="UNIT_FACTOR",
            causes=causes,
            first_run=self.run,
            last_run=self.run,
            opened_at=self.now,
        )
        Observation.objects.create(
            difference=self.difference,
            run=self.run,
            values=self.difference.values,
            causes=causes,
            evidence={"erp": {"version": "3"}},
        )

    def _doors(self):
        connection = Connection.objects.create(
            code="wms",
            name="WMS",
            kind="folder",
            system=self.systems["wms"],
            scope=self.scope,
            failures=2,
            last_error="no answer",
        )
        InboxBatch.objects.create(connection=connection, code="b", row_count=1, received_at=self.now)
        ParkedRow.objects.create(
            connection=connection,
            scope=self.scope,
            batch="b",
            position=1,
            entity="shipment",
            raw={"n": "四十"},
            reason_code="number",
            reason_en="Not a number.",
            reason_zh="不是数字。",
            received_at=self.now,
        )
        self.job = JobRun.objects.create(
            key="j", kind="export_orders", state="dead", attempts=3, asked_at=self.now, error="broken"
        )
