"""Who and what exists in the sample factory? Every company and person here is invented."""
from typing import NamedTuple

COMPANY = ("huachen", "Huachen Precision Auto Parts", "华辰精密汽车部件（昆山）有限公司")

TEAMS = [  # code, English, Chinese, people
    ("S01", "East China team 1", "华东一组", ("沈佳怡", "顾明哲", "陆晓雯")),
    ("S02", "East China team 2", "华东二组", ("吴志强", "钱雨桐", "朱丽华")),
    ("S03", "South and Central team", "华南华中组", ("黄伟杰", "罗诗琪", "谭建国")),
    ("S04", "Strategic accounts", "战略客户组", ("许文博", "蒋雪莹", "范宏亮")),
]
GROUPS = [  # customer groups
    ("oem", "Vehicle makers", "整车厂"), ("tier1", "Tier-1 suppliers", "一级供应商"),
    ("aftermarket", "Aftermarket", "售后市场"),
]
TIERS = [  # code, English, Chinese, rank, what the CRM writes
    ("a", "Strategic", "战略客户", 10, "战略"), ("b", "Key", "重点客户", 20, "重点"),
    ("c", "Regular", "一般客户", 30, "一般"),
]
KINDS = [  # code, English, Chinese, what the ERP writes
    ("standard", "Standard order", "标准订单", "ZOR"), ("urgent", "Urgent order", "加急订单", "ZEIL"),
    ("custom", "Made to order, long cycle", "长周期定制订单", "ZKD"),
    ("vmi", "VMI replenishment", "VMI 补货订单", "ZVMI"), ("jit", "JIT delivery", "JIT 直送订单", "ZJIT"),
]
PLANTS = [("1100", "Kunshan plant", "昆山工厂"), ("1200", "Wuhu plant", "芜湖工厂")]


class Warehouse(NamedTuple):
    """A warehouse with the hand-held scanners (devices) and people that book in it."""

    code: str
    name_en: str
    name_zh: str
    plant: str
    devices: tuple
    people: tuple


WAREHOUSES = [
    Warehouse("KS01", "Kunshan main warehouse", "昆山主仓", "1100", ("PDA-KS-01", "PDA-KS-02", "PDA-KS-03"),
              ("周敏", "杨帆", "马俊")),
    Warehouse("KS02", "Kunshan line-side warehouse", "昆山线边仓", "1100", ("PDA-KS-11", "PDA-KS-12"),
              ("孙立", "何婷")),
    Warehouse("WH01", "Wuhu warehouse", "芜湖仓", "1200", ("PDA-WH-01", "PDA-WH-02", "PDA-WH-03"),
              ("汪洋", "程雪", "方磊")),
]
WAREHOUSES_OF = {plant: [house for house in WAREHOUSES if house.plant == plant] for plant, *_ in PLANTS}


class Customer(NamedTuple):
    """A customer; `road_h` is the drive from the plant in hours, the credit limit is in fen."""

    code: str
    name: str
    short: str
    group: str
    tier: str
    team: str
    road_h: int
    credit_limit: int


def _customers():
    rows = [
        ("上海驭程新能源汽车有限公司", "驭程汽车", "oem", "a", "S04", 3),
        ("合肥星澜智能汽车有限公司", "星澜汽车", "oem", "a", "S04", 6),
        ("宁波海越乘用车有限公司", "海越汽车", "oem", "a", "S04", 5),
        ("武汉江驰商用车股份有限公司", "江驰商用车", "oem", "b", "S03", 11),
        ("柳州桂行汽车制造有限公司", "桂行汽车", "oem", "b", "S03", 26),
        ("常州恒曜动力系统有限公司", "恒曜动力", "tier1", "b", "S01", 3),
        ("苏州博睿制动技术有限公司", "博睿制动", "tier1", "a", "S01", 1),
        ("无锡联祥汽车电子有限公司", "联祥电子", "tier1", "b", "S01", 2),
        ("南京华拓转向系统有限公司", "华拓转向", "tier1", "c", "S01", 4),
        ("扬州德瑞底盘部件有限公司", "德瑞底盘", "tier1", "c", "S01", 4),
        ("南通凯泽热管理有限公司", "凯泽热管理", "tier1", "b", "S01", 3),
        ("镇江启航电驱科技有限公司", "启航电驱", "tier1", "c", "S01", 3),
        ("杭州云轨电控有限公司", "云轨电控", "tier1", "b", "S02", 3),
        ("嘉兴明捷汽车零部件有限公司", "明捷零部件", "tier1", "c", "S02", 2),
        ("绍兴越达车桥有限公司", "越达车桥", "tier1", "c", "S02", 4),
        ("台州锐腾传动有限公司", "锐腾传动", "tier1", "c", "S02", 6),
        ("温州瓯通汽配有限公司", "瓯通汽配", "aftermarket", "c", "S02", 7),
        ("金华众诚汽车配件有限公司", "众诚汽配", "aftermarket", "c", "S02", 5),
        ("湖州安行悬架系统有限公司", "安行悬架", "tier1", "c", "S02", 3),
        ("芜湖瑞帆汽车系统有限公司", "瑞帆系统", "tier1", "b", "S02", 1),
        ("马鞍山金轮制造有限公司", "金轮制造", "tier1", "c", "S02", 2),
        ("长沙湘驰电子有限公司", "湘驰电子", "tier1", "c", "S03", 13),
        ("广州粤翼汽车科技有限公司", "粤翼科技", "tier1", "b", "S03", 20),
        ("深圳智途车载系统有限公司", "智途车载", "tier1", "c", "S03", 21),
        ("佛山禅信精工有限公司", "禅信精工", "aftermarket", "c", "S03", 20),
        ("东莞科越散热技术有限公司", "科越散热", "tier1", "c", "S03", 21),
        ("南昌赣运汽车部件有限公司", "赣运部件", "aftermarket", "c", "S03", 9),
        ("襄阳楚航车身有限公司", "楚航车身", "tier1", "c", "S03", 14),
        ("重庆渝锐动力有限公司", "渝锐动力", "tier1", "b", "S04", 24),
        ("成都蓉创新能源有限公司", "蓉创新能源", "tier1", "c", "S04", 28),
        ("天津津海汽车内饰有限公司", "津海内饰", "tier1", "c", "S04", 15),
        ("长春北驰汽车有限公司", "北驰汽车", "oem", "b", "S04", 30),
        ("青岛海晟车轮有限公司", "海晟车轮", "aftermarket", "c", "S02", 10),
        ("郑州中原客车有限公司", "中原客车", "oem", "c", "S03", 12),
        ("西安秦远电驱有限公司", "秦远电驱", "tier1", "c", "S04", 19),
        ("上海浦联汽车售后服务有限公司", "浦联售后", "aftermarket", "c", "S01", 2),
    ]
    limit = {"a": 6_000_000_00, "b": 3_000_000_00, "c": 900_000_00}
    return [
        Customer(str(100117 + 37 * place), name, short, group, tier, team, road_h, limit[tier])
        for place, (name, short, group, tier, team, road_h) in enumerate(rows)
    ]


CUSTOMERS = _customers()
CUSTOMER = {customer.code: customer for customer in CUSTOMERS}


class Material(NamedTuple):
    """A part we make: prices in fen per piece (now, before), pieces in a box, BOM revision."""

    code: str
    name: str
    plant: str
    price: int
    old_price: int
    pack: int
    revision: str
    old_revision: str
    safety_stock: int
    line: str


def _materials():
    rows = [
        ("电控壳体", "1100", 18650, 24), ("电控壳体上盖", "1100", 6420, 48),
        ("制动卡钳支架", "1100", 8875, 20),
        ("制动主缸壳体", "1100", 11290, 16), ("转向节", "1200", 23800, 8), ("下控制臂", "1200", 17640, 12),
        ("电机端盖", "1100", 9960, 20), ("电机水套", "1100", 27350, 6), ("减速器壳体", "1200", 41200, 4),
        ("差速器壳", "1200", 15480, 12), ("水泵壳体", "1100", 5730, 40), ("节温器座", "1100", 3260, 60),
        ("油底壳", "1200", 13890, 10), ("增压器进气管", "1200", 7415, 24), ("悬置支架", "1200", 4680, 36),
        ("稳定杆连杆", "1200", 2975, 80), ("轮毂轴承座", "1200", 19760, 10),
        ("电池包托盘横梁", "1100", 36400, 5),
        ("高压连接器外壳", "1100", 2140, 100), ("充电口支座", "1100", 3895, 50),
        ("雷达支架", "1100", 1685, 120),
        ("座椅滑轨", "1200", 8230, 18), ("踏板支架", "1200", 5160, 30), ("空调压缩机支座", "1100", 6875, 28),
    ]
    lines = {"1100": ("KS-A", "KS-B", "KS-C"), "1200": ("WH-A", "WH-B")}
    return [
        Material(
            code=str(210103 + 1019 * place), name=name, plant=plant, price=price,
            old_price=price - round(price * (3 + place % 4) / 100), pack=pack,
            revision="CDEF"[place % 4], old_revision="BCDE"[place % 4],
            safety_stock=pack * 40, line=lines[plant][place % len(lines[plant])],
        )
        for place, (name, plant, price, pack) in enumerate(rows)
    ]


MATERIALS = _materials()
MATERIAL = {material.code: material for material in MATERIALS}
MATERIALS_OF = {plant: [part for part in MATERIALS if part.plant == plant] for plant, *_ in PLANTS}

SUPPLIERS = [  # code, name
    ("V20018", "昆山鑫铸铝业有限公司"), ("V20025", "张家港永固特钢有限公司"),
    ("V20031", "宁波甬城压铸有限公司"),
    ("V20044", "常熟恒密封件有限公司"), ("V20052", "芜湖皖江紧固件有限公司"),
    ("V20067", "丹阳精锐刀具有限公司"),
]
CARRIERS = [  # code, name, how its waybill numbers begin
    ("YDWL", "远达物流有限公司", "YD"), ("HTKY", "恒通快运有限公司", "HT"),
    ("JNGY", "江南干线运输有限公司", "JN"),
    ("ZXPS", "准信城际配送有限公司", "ZX"),
]
PEOPLE = {  # by department: who acts in the systems
    "sales": [name for team in TEAMS for name in team[3]],
    "finance": ["冯秀兰", "邓国平", "彭娟"], "planning": ["姚建军", "崔莹", "史海涛"],
    "quality": ["田静", "任家豪", "韦春燕"], "purchasing": ["龚学文", "熊丽萍"],
    "production": ["郝志刚", "段永强", "白雪峰", "牛春生"],
}
STATIONS = {  # line -> machine at which it reports
    "KS-A": "CNC-KS-A3", "KS-B": "CNC-KS-B1", "KS-C": "ASM-KS-C2", "WH-A": "CNC-WH-A2", "WH-B": "ASM-WH-B1",
}


def old_pack(part):
    """How many pieces a box of this part held before the packing was changed."""
    return part.pack * 5 // 4 if part.pack % 4 == 0 else part.pack * 2
