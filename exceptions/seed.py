"""Which ticket kinds, chains, routes and articles does a hub start with?

Rows that exist stay as they are, but for articles of an earlier version that nobody has touched.
"""
from exceptions.articles import seeded_articles
from exceptions.articles.superseded import retire_superseded, was_edited
from exceptions.models import Article, Chain, ChainLevel, RoutingRule, TicketKind
from kernel.models import Department

MINUTE, HOUR = 60, 3600
ASSIGNEE, DEPARTMENT, HEAD, ROLE = (
    ChainLevel.ASSIGNEE, ChainLevel.DEPARTMENT, ChainLevel.HEAD, ChainLevel.ROLE,
)
OPERATIONS, ENGINEER = "order_operations", "integration_engineer"

# code: (English, Chinese, [(level, offset from due in working seconds, target, role)])
CHAINS = {
    "normal": ("Normal", "一般升级链", [
        (-1, -HOUR, ASSIGNEE, ""), (0, 0, HEAD, ""), (1, 2 * HOUR, ROLE, OPERATIONS),
    ]),
    "fast": ("Fast", "加急升级链", [
        (-1, -30 * MINUTE, ASSIGNEE, ""), (0, 0, HEAD, ""), (1, 30 * MINUTE, DEPARTMENT, ""),
        (2, 2 * HOUR, ROLE, OPERATIONS),
    ]),
    "systems": ("Systems", "系统故障升级链", [
        (-1, -30 * MINUTE, ASSIGNEE, ""), (0, 0, ROLE, ENGINEER), (1, 2 * HOUR, ROLE, "administrator"),
    ]),
}

# code, English, Chinese, department, chain, answer within, solve within, severity
KINDS = [
    ("late_sales", "Late: sales", "延期：销售", "sales", "normal", 30 * MINUTE, 4 * HOUR, 2),
    ("late_finance", "Late: credit or invoice", "延期：信用/开票", "finance", "normal", HOUR, 6 * HOUR, 2),
    ("late_planning", "Late: planning", "延期：计划", "planning", "normal", 30 * MINUTE, 4 * HOUR, 2),
    ("late_purchasing", "Late: material", "延期：采购到货", "purchasing", "normal", 30 * MINUTE, 6 * HOUR, 2),
    ("late_production", "Late: production", "延期：生产", "production", "fast", 15 * MINUTE, 3 * HOUR, 1),
    ("late_quality", "Late: quality", "延期：质检", "quality", "fast", 15 * MINUTE, 3 * HOUR, 2),
    ("late_warehouse", "Late: warehouse", "延期：仓储发货", "warehouse", "fast", 15 * MINUTE, 2 * HOUR, 1),
    ("late_logistics", "Late: delivery", "延期：物流配送", "logistics", "fast", 15 * MINUTE, 2 * HOUR, 1),
    ("late_order", "Late order", "订单延期", "order_ops", "normal", 30 * MINUTE, 4 * HOUR, 2),
    ("difference", "Systems disagree", "系统数据不一致", "order_ops", "normal", HOUR, 8 * HOUR, 2),
    ("difference_group", "Many differences, one cause", "批量差异（同一原因）", "it", "systems", HOUR, 8 * HOUR, 1),
    ("stock_difference", "Stock differs", "库存差异", "warehouse", "normal", HOUR, 8 * HOUR, 2),
    ("amount_difference", "Amounts differ", "金额差异", "finance", "normal", HOUR, 8 * HOUR, 2),
    ("parked_rows", "Rows that could not be read", "数据无法读取", "it", "systems", HOUR, 8 * HOUR, 2),
    ("job_dead", "Background job given up", "后台作业已放弃", "it", "systems", 30 * MINUTE, 4 * HOUR, 1),
    ("dead_letter", "Message not delivered", "消息投递失败", "it", "systems", HOUR, 8 * HOUR, 2),
    ("silent_system", "A system is silent", "系统无数据上报", "it", "systems", 30 * MINUTE, 4 * HOUR, 1),
    ("conflict", "Decision and fact in conflict", "人工决定与事实冲突", "order_ops", "normal", HOUR, 8 * HOUR, 2),
    ("order_entry", "Order entry", "订单录入问题", "sales", "normal", 30 * MINUTE, 4 * HOUR, 2),
    ("complaint", "Customer complaint", "客户投诉", "service", "fast", 15 * MINUTE, 8 * HOUR, 1),
    ("other", "Other", "其他", "order_ops", "normal", HOUR, 16 * HOUR, 3),
]

# What people report by hand; the others are the hub's own findings.
REPORTED = {"order_entry", "complaint", "other"}
# What stops the hub itself wakes people; all else waits for their working hours.
ANY_HOUR = {"job_dead", "silent_system"}

AMOUNTS = {"field": "field", "op": "in", "value": ["amount_minor", "unit_price_u", "currency"]}
GOODS = {"field": "cause", "op": "in", "value": ["LATE_POSTING", "PARTIAL_OPEN", "OVER_SHIPMENT", "PARTIAL_CLOSED"]}
DOORS = {"field": "cause", "op": "in", "value": [
    "STATUS_UNMAPPED", "STATUS_MISMAPPED", "MISSING_MESSAGE", "REJECTED_MESSAGE", "DUPLICATE_MESSAGE",
    "REPLAYED_BATCH", "OUT_OF_ORDER", "OUTAGE", "TIMEZONE", "ENCODING", "XREF_MISSING"]}
MASTERS = {"field": "cause", "op": "in", "value": ["STALE_BOM", "UNIT_FACTOR", "FACTOR_VERSION"]}

# priority, kind, conditions, department. A cause of many records is first of all one of doors, whatever the field.
ROUTES = [
    (100, "difference", [AMOUNTS], "finance"), (110, "difference", [GOODS], "warehouse"),
    (120, "difference", [DOORS], "it"), (130, "difference", [MASTERS], "planning"),
    (200, "difference_group", [DOORS], "it"), (210, "difference_group", [AMOUNTS], "finance"),
    (220, "difference_group", [GOODS], "warehouse"), (230, "difference_group", [MASTERS], "planning"),
]


def seed_exceptions():
    """Chains, kinds, routes, articles; needs the departments of sla.seed. Returns how many rows were new."""
    departments = {department.code: department for department in Department.objects.all()}
    return sum((_seed_chains(), _seed_kinds(departments), _seed_routes(departments), _seed_articles()))


def _seed_chains():
    new = 0
    for code, (en, zh, levels) in CHAINS.items():
        chain, is_new = Chain.objects.get_or_create(code=code, defaults={"name_en": en, "name_zh": zh})
        if is_new:
            ChainLevel.objects.bulk_create(
                ChainLevel(chain=chain, number=number, offset_s=offset, target=target, role=role)
                for number, offset, target, role in levels
            )
        new += is_new
    return new


def _seed_kinds(departments):
    chains = {chain.code: chain for chain in Chain.objects.all()}
    return sum(
        TicketKind.objects.get_or_create(code=code, defaults={
            "name_en": en, "name_zh": zh, "department": departments.get(department), "chain": chains[chain],
            "response_s": response_s, "resolution_s": resolution_s, "severity": severity,
            "is_reported": code in REPORTED, "any_hour": code in ANY_HOUR,
        })[1]
        for code, en, zh, department, chain, response_s, resolution_s, severity in KINDS
    )


def _seed_routes(departments):
    kinds = {kind.code: kind for kind in TicketKind.objects.all()}
    return sum(
        RoutingRule.objects.get_or_create(priority=priority, defaults={
            "kind": kinds[kind], "conditions": conditions, "department": departments[department],
        })[1]
        for priority, kind, conditions, department in ROUTES if department in departments
    )


def _seed_articles():
    articles = {columns["code"]: columns for columns in seeded_articles()}
    retire_superseded(articles)
    for article in Article.objects.filter(code__in=articles, search_words=""):
        _give_search_words(article, articles[article.code])
    return sum(Article.objects.get_or_create(code=code, defaults=one)[1] for code, one in articles.items())


def _give_search_words(article, seeded):
    """An article from before there were search words gets those of today, if nobody has touched it."""
    if article.title_en == seeded["title_en"] and not was_edited(article):
        article.search_words = seeded["search_words"]
        article.save(update_fields=["search_words"])
