"""Who works in the sample factory? One account per role, and colleagues so that work can be shared. All invented."""
from typing import NamedTuple

from django.contrib.auth.hashers import PBKDF2PasswordHasher

EVERY = ("*",)  # every sales team, plant and customer group
SHOP_FLOOR = ("production", "quality", "warehouse", "logistics")  # they work the shifts of their plant
PASSWORD = "demo-"  # followed by the user name; demo only, loopback only


class DemoHasher(PBKDF2PasswordHasher):
    """Few rounds, for passwords everybody knows. settings.py uses it in a demo only; elsewhere a log-in hashes anew."""

    iterations = 1_000


class Worker(NamedTuple):
    """`is_account`: shown on the login page and printed by `make demo`. `heads`: the department this person leads."""

    username: str
    full_name: str
    role: str
    department: str = ""
    scopes: tuple = EVERY
    is_account: bool = False
    heads: str = ""


WORKERS = [
    Worker("order_operations", "周文静", "order_operations", "order_ops", is_account=True, heads="order_ops"),
    Worker("sales", "沈佳怡", "sales", "sales", ("S01", "S02"), is_account=True),
    Worker("service", "何晓彤", "service", "service", is_account=True, heads="service"),
    Worker("finance", "赵敏", "finance", "finance", is_account=True),
    Worker("planner", "姚建军", "planner", "planning", is_account=True, heads="planning"),
    Worker("warehouse", "孙立国", "warehouse", "warehouse", is_account=True, heads="warehouse"),
    Worker("quality", "李伟", "quality", "quality", is_account=True),
    Worker("department_head", "高志远", "department_head", "production", is_account=True, heads="production"),
    Worker("integration_engineer", "程浩", "integration_engineer", "it", (*EVERY, "systems"), is_account=True,
           heads="it"),
    Worker("auditor", "方静宜", "auditor", "", (), is_account=True),
    Worker("administrator", "林海燕", "administrator", "it", (), is_account=True),
    Worker("customer", "陈嘉豪", "customer", "", (), is_account=True),
    Worker("huangwj", "黄伟杰", "sales", "sales", ("S03",)),
    Worker("luosq", "罗诗琪", "sales", "sales", ("S03", "S04")),
    Worker("xuwb", "许文博", "department_head", "sales", heads="sales"),
    Worker("gongxw", "龚学文", "planner", "purchasing", heads="purchasing"),
    Worker("xionglp", "熊丽萍", "planner", "purchasing"),
    Worker("haozg", "郝志刚", "planner", "production"),
    Worker("duanyq", "段永强", "planner", "production"),
    Worker("tianj", "田静", "department_head", "quality", heads="quality"),
    Worker("renjh", "任家豪", "quality", "quality"),
    Worker("sunyue", "孙悦", "department_head", "finance", heads="finance"),
    Worker("dengp", "邓国平", "finance", "finance"),
    Worker("macq", "马超群", "warehouse", "logistics", heads="logistics"),
    Worker("liujie", "刘洁", "warehouse", "logistics"),
    Worker("cuiying", "崔莹", "planner", "planning"),
    Worker("caoyl", "曹玉兰", "warehouse", "warehouse"),
]


def accounts():
    """[(user name, password, Worker)] of the accounts a visitor may try."""
    return [(worker.username, PASSWORD + worker.username, worker) for worker in WORKERS if worker.is_account]
