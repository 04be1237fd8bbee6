"""The invented manufacturer: parts with units, prices, revisions and drawings, customers, warehouses, scanners."""

import random
from dataclasses import dataclass

from .dialects import at

FACTOR_DAY = at(24)  # from then on some parts come in smaller boxes
PRICE_DAY = at(20)  # new price list
TOWNS = "苏州 宁波 佛山 长沙 青岛 无锡 温州 合肥 东莞 郑州 厦门 南通".split()
STEMS = "宏远 鼎盛 华锐 德胜 立信 金海 恒通 锦程 汇川 众诚 博阳 天工 启明 永固 同创".split()
TRADES = "精密机械有限公司 汽车零部件股份有限公司 液压设备制造有限公司 电气科技有限公司 轴承进出口有限公司".split()


@dataclass(frozen=True)
class Part:
    """`box`: pieces in a box now, `old_box` before FACTOR_DAY; `mille`: also counted in thousands."""

    code: str
    crm_code: str
    box: int
    old_box: int | None
    mille: bool
    price: int  # in fen
    old_price: int
    drawing: str
    barcode: str
    revision: str


@dataclass(frozen=True)
class Customer:
    code: str
    crm_code: str
    name: str


class World:
    """Parts and customers of one seed."""

    def __init__(self, seed):
        rng = random.Random(f"{seed}/world")
        self.parts = [self._part(rng, n) for n in range(60)]
        names = rng.sample([town + stem + trade for town in TOWNS for stem in STEMS for trade in TRADES], 40)
        self.customers = [Customer(f"K{20110 + 37 * n}", f"ACC-{7003 + 91 * n}", name) for n, name in enumerate(names)]
        self.warehouses = ["华东一仓", "华东二仓", "华南仓", "寄售仓"]
        self.guns = [f"PDA{n:02d}" for n in range(1, 13)]

    @staticmethod
    def _part(rng, n):
        box, mille = rng.choice((12, 36, 48, 144)), n % 6 == 0
        old_box = None
        if n % 6 == 3:
            box, old_box = 20, 24
        price = rng.randint(180, 90000)
        old_price = price + max(7, round(price * rng.choice((-0.071, 0.043, 0.117))))
        return Part(
            f"RX{31007 + n * 113}",
            f"HD-{5100 + n * 29}-{rng.choice('ABCF')}",
            box,
            old_box,
            mille,
            price,
            old_price,
            f"00{rng.randint(41000, 98999)}{n:02d}",
            f"69{rng.randint(10**10, 10**11 - 1)}",
            rng.choice("CDE"),
        )

    def units(self):
        """The table `units`: boxes of each part, thousands of some."""
        rows = [("物料", "单位", "系数", "生效日期", "失效日期")]
        for part in self.parts:
            if part.old_box:
                rows += [
                    (part.code, "BOX", part.old_box, "2025-01-01", "2026-10-25"),
                    (part.code, "BOX", part.box, "2026-10-25", ""),
                ]
            else:
                rows.append((part.code, "BOX", part.box, "2025-01-01", ""))
            if part.mille:
                rows.append((part.code, "KPC", 1000, "2025-01-01", ""))
        return [*rows, ("", "PCS", 1, "", "")]

    def items(self):
        return [("system", "external", "internal"), *(("crm", part.crm_code, part.code) for part in self.parts)]

    def prices(self):
        rows = [("物料", "单价", "生效日期", "失效日期")]
        for part in self.parts:
            rows += [
                (part.code, yuan(part.old_price), "2026-01-01", "2026-10-21"),
                (part.code, yuan(part.price), "2026-10-21", ""),
            ]
        return rows

    def boms(self):
        rows = [("item", "revision", "valid_from", "valid_to")]
        for part in self.parts:
            before, after = chr(ord(part.revision) - 1), chr(ord(part.revision) + 1)
            rows += [
                (part.code, before, "2025-03-01", "2026-09-15"),
                (part.code, part.revision, "2026-09-15", "2027-01-01"),
                (part.code, after, "2027-01-01", ""),
            ]
        return rows


def yuan(fen):
    """Fen as a decimal text."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def swapped_digits(rng, text):
    """Two neighbouring, different digits exchanged (not the first pair)."""
    spots = [n for n in range(1, len(text) - 1) if text[n] != text[n + 1] and text[n : n + 2].isdigit()]
    if not spots:
        return None
    n = rng.choice(spots)
    return text[:n] + text[n + 1] + text[n] + text[n + 2 :]


def pieces(part, rng):
    """An ordered quantity: whole boxes of now and before, never a round thousand."""
    step = part.box if not part.old_box else 120
    while True:
        quantity = step * rng.randint(3, 60)
        if quantity % 1000:
            return quantity
