"""How are systems, times, spans, amounts and codes said in a sentence about a difference, in English and Chinese?

Templates of rules name evidence and how to say it: "{event:time}", "{delay:span}", "{wrong:value}". Evidence itself
stays as machines read it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from zoneinfo import ZoneInfo

from orders.units import UNITS
from reconciliation.spelling import NAMES as SPELLINGS
from reconciliation.values import EPOCH, MICRO, Unreadable, read_time

ACRONYMS = frozenset("erp wms crm tms mes mrp oms plm srm scm qms pos sap aps pim bi edi sku".split())
ZONES = {"Asia/Shanghai": ("Beijing time", "北京时间"), "UTC": ("world time", "世界时"),
         "Asia/Tokyo": ("Tokyo time", "东京时间"), "Asia/Hong_Kong": ("Hong Kong time", "香港时间"),
         "Asia/Taipei": ("Taipei time", "台北时间"), "Asia/Singapore": ("Singapore time", "新加坡时间"),
         "Europe/Berlin": ("Berlin time", "柏林时间"), "Europe/London": ("London time", "伦敦时间"),
         "America/New_York": ("New York time", "纽约时间"), "America/Los_Angeles": ("Los Angeles time", "洛杉矶时间")}
USUAL_NUMBER = re.compile(r"-?[1-9]\d{0,11}(\.\d{1,6})?")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
CURRENCIES = {"CNY": "元", "USD": "美元", "EUR": "欧元", "JPY": "日元", "GBP": "英镑", "HKD": "港元", "KRW": "韩元"}
WORDS = {
    "message_id": ("message number", "消息编号"), "payload_hash": ("content", "报文内容"),
    "content": ("content", "内容"),
    "evidence only": ("only who entered it and when", "仅录入人或时间不同"), "created": ("creation", "建单"),
    "promised": ("promise", "承诺"), "event": ("the change itself", "业务发生"),
    "received": ("receipt by the hub", "接收"),
    "synced": ("last synchronisation", "最近同步"), "discount": ("discount line", "折扣"),
    "freight": ("freight line", "运费"), "charge": ("extra charge", "附加费用"),
}


def system_label(name):
    """'ERP' of 'erp', 'ERP east' of 'erp_east', 'WMS2' of 'wms2'; other names as their owner wrote them."""
    parts = [p for p in re.split(r"[_\-\s]+", name) if p]
    said = [p.upper() if p.lower().rstrip("0123456789") in ACRONYMS else p for p in parts]
    return " ".join(said) if any(p.lower().rstrip("0123456789") in ACRONYMS for p in parts) else name


def labels_of(spec):
    """{system: {en, zh}} of the systems a comparison names itself."""
    systems = (spec or {}).get("systems") or {}
    return {name: own["label"] for name, own in systems.items() if isinstance(own, dict) and own.get("label")} \
        if isinstance(systems, dict) else {}


UNREAD = {
    "not_a_number": ("is not a number", "不是数字"),
    "too_large": ("is too large a number to compare", "数值过大，无法对账"),
    "not_whole": ("is not a whole number", "不是整数"),
    "not_a_date": ("is not a date or time", "不是日期或时间"),
    "no_such_day": ("is no day or time that exists", "不是实际存在的日期或时刻"),
    "not_declared": ("is a date in a form that the profile does not declare (name it under “formats”)",
                     "的日期写法未在对账方案中声明（请写入 formats）"),
    "day_or_month": ("does not tell the day from the month", "分不清哪个是日、哪个是月"),
}


class Speaker:
    """Says values for one profile in one language ('en' or 'zh'); `year` is the one that need not be said."""

    def __init__(self, profile, lang, year=0):
        self.profile, self.place, self.year = profile, 0 if lang == "en" else 1, year
        self.lang, self.called = lang, {}
        self.zone = profile.spoken_zone or profile.zone
        zones = {s.zone for s in profile.systems.values()} | {z for f in profile.fields.values()
                                                              for z in f.zones.values()} | {self.zone}
        self.names_zone = not profile.spoken_zone and len(zones) > 1

    def system(self, name):
        if name not in self.called:
            system = self.profile.systems.get(name)
            self.called[name] = (system.label.get(self.lang) if system else "") or system_label(name)
        return self.called[name]

    def systems(self, names):
        names = names.split(", ") if isinstance(names, str) else names
        return ("、" if self.place else ", ").join(self.system(n) for n in names if n)

    def time(self, us, *, plain=False):
        """'24 Nov 10:00', '11月24日 10:00': in the plant's zone, which is named where sources have several."""
        local = (EPOCH + timedelta(microseconds=us)).astimezone(ZoneInfo(self.zone))
        clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
        text = f"{self.day(local)} {clock}"
        if not self.names_zone or plain:
            return text
        name = ZONES.get(self.zone) or (f"{self.zone.rpartition('/')[2].replace('_', ' ')} time",
                                        f"{self.zone.rpartition('/')[2].replace('_', ' ')} 时间")
        return f"{text} ({name[0]})" if not self.place else f"{text}（{name[1]}）"

    def day(self, moment, *, full=False):
        year = full or moment.year != self.year
        if self.place:
            return (f"{moment.year}年" if year else "") + f"{moment.month}月{moment.day}日"
        return f"{moment.day} {MONTHS[moment.month - 1]}" + (f" {moment.year}" if year else "")

    def span(self, us):
        """'8 h', '7 min 12 s'; '8 小时', '7 分 12 秒'."""
        seconds = abs(us) // MICRO
        names = ("d", "h", "min", "s") if not self.place else ("天", "小时", "分钟", "秒")
        sizes = [(seconds // 86_400, names[0]), (seconds % 86_400 // 3600, names[1]), (seconds % 3600 // 60, names[2]),
                 (seconds % 60, names[3])]
        said = [f"{n} {name}" for n, name in sizes if n][:2]
        return " ".join(said) or f"0 {names[3]}"

    def ahead(self, us):
        if self.place:
            return f"{'慢' if us < 0 else '快'} {self.span(us)}"
        return f"{self.span(us)} {'behind' if us < 0 else 'ahead'}"

    def amount(self, text, currency=""):
        number, _, own = str(text).partition(" ")
        currency = own or currency
        said = f"{Decimal(number):,.2f}" if -Decimal(number).as_tuple().exponent <= 2 else f"{Decimal(number):,f}"
        if self.place:
            return f"{said} {CURRENCIES.get(currency, currency)}".strip()
        return f"{currency} {said}".strip()

    def number(self, text):
        """A decimal or fraction with grouped digits; a fraction that never ends stays one."""
        if USUAL_NUMBER.fullmatch(str(text)):
            return f"{Decimal(str(text)).normalize():,f}"
        value = Fraction(str(text))
        plain = Decimal(value.numerator) / Decimal(value.denominator)
        if Fraction(plain) != value:
            return str(value)
        return f"{plain.normalize():,f}"

    def quantity(self, text, unit):
        name = UNITS.get(unit.lower(), (unit, unit))[self.place]
        return f"{self.number(text)} {name}".strip()

    def unit(self, code):
        """The name of a unit or currency, as a column of its own: 'pcs', '件'; 'CNY', '元'."""
        return UNITS.get(code.lower(), (code, CURRENCIES.get(code, code)))[self.place]

    def word(self, code):
        """A code of ours in words: a field's label, a status, what two records have in common."""
        field = self.profile.fields.get(code)
        said = (field.label.get(self.lang) if field else "") or self.profile.words.get(code, {}).get(self.lang)
        return said or WORDS.get(code, (str(code).replace("_", " "),) * 2)[self.place]


def speakers_of(profile, as_of_us):
    """{language: Speaker} for sentences said at `as_of_us`."""
    year = (EPOCH + timedelta(microseconds=as_of_us)).year
    return {lang: Speaker(profile, lang, year) for lang in ("en", "zh")}


class Said:
    """One piece of evidence inside a template; the format says how it is spoken."""

    def __init__(self, value, speaker, one):
        self.value, self.speaker, self.one = value, speaker, one

    def __format__(self, how):
        if how == "":
            return self._plain()
        try:
            return getattr(self, f"_{how}")()
        except (ValueError, InvalidOperation, Unreadable, ArithmeticError):
            return str(self.value)

    def _plain(self):
        if isinstance(self.value, (list, tuple)):
            return ("、" if self.speaker.place else ", ").join(map(str, self.value))
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return f"{self.value:,}"
        return "" if self.value is None else str(self.value)

    def _systems(self):
        return self.speaker.systems(self.value)

    def _listed(self):
        return str(self.value).replace(", ", "、") if self.speaker.place else str(self.value)

    def _told(self):
        """“erp X, wms Y” with the systems' own names."""
        return ("，" if self.speaker.place else ", ").join(
            f"{self.speaker.system(part.partition(' ')[0])} {part.partition(' ')[2]}"
                         for part in self.value.split(", "))

    def _time(self):
        return self.speaker.time(read_time(self.value))

    def _when(self):
        if self.value in (None, "", "-"):
            return ""
        said = self.speaker.time(read_time(self.value))
        return f"于 {said} " if self.speaker.place else f" on {said}"

    def _promised(self):
        if self.value in (None, "", "-"):
            return ""
        said = self.speaker.time(read_time(self.value))
        return f"，承诺 {said}" if self.speaker.place else f"; promised for {said}"

    def _date(self):
        return self.speaker.day(EPOCH + timedelta(microseconds=read_time(self.value)), full=True)

    def _since(self):
        if self.value in (None, "", "-"):
            return ""
        return f"（自 {self._date()} 起）" if self.speaker.place else f" since {self._date()}"

    def _us(self):
        if isinstance(self.value, int):
            return self.value
        hours, minutes, seconds = (int(part) for part in self.value.lstrip("+-").split(":"))
        return (-1 if self.value.startswith("-") else 1) * (hours * 3600 + minutes * 60 + seconds) * MICRO

    def _span(self):
        return self.speaker.span(self._us())

    def _ahead(self):
        return self.speaker.ahead(self._us())

    def _seconds(self):
        return self.speaker.span(int(self.value) * MICRO)

    def _hours(self):
        return self.speaker.span(int(self.value) * 3600 * MICRO)

    def _number(self):
        return self.speaker.number(self.value)

    def _price(self):
        return self.speaker.amount(self.value, self._currency())

    def _value(self):
        """A value of the compared field, with its unit or currency."""
        field = self.speaker.profile.fields.get(self.one.field) if self.one else None
        if field and field.type == "money":
            return self.speaker.amount(self.value, self._currency())
        return self.speaker.quantity(self.value, self._unit() if field and field.type == "quantity" else "")

    def _base(self):
        return self.speaker.quantity(self.value, self._unit())

    def _currency(self):
        field = self.speaker.profile.fields[self.one.field]
        known = {s.currency.get(field.name) for s in self.one.sides.values()} - {None, ""}
        return known.pop() if len(known) == 1 else field.currency if not known else ""

    def _unit(self):
        """The unit all sides' values are in: declared, or the same for all."""
        field = self.speaker.profile.fields[self.one.field]
        if field.base_unit:
            return field.base_unit
        known = {s.text.get("unit") for s in self.one.sides.values()} - {None, ""}
        if not known and not self.speaker.profile.spoken_zone:
            known = {s.units.get(field.name) or "" for s in self.one.sides.values()}
        return known.pop() if len(known) == 1 else ""

    def _fields(self):
        names = self.value.split(", ") if isinstance(self.value, str) else self.value
        return ("、" if self.speaker.place else ", ").join(self.speaker.word(n) for n in names)

    def _word(self):
        return self.speaker.word(self.value)

    def _held(self):
        if isinstance(self.value, int):
            return f"版本 {self.value}" if self.speaker.place else f"version {self.value}"
        return f"“{self.speaker.word(self.value)}”"

    def _coding(self):
        written, _, read = (part.strip().upper() for part in self.value.partition("→"))
        if self.speaker.place:
            return f"写入为 {written}，读取为 {read}" if written else f"读取为 {read}"
        return f"written as {written}, read as {read}" if written else f"read as {read}"

    def _keys(self):
        """“ERP “100191”, WMS “100119” (record W-0007)”: how each writes the key, and what its record is called."""
        parts = []
        for part in self.value:
            record = part["record"] if part["record"] != part["written"] else ""
            named = (f"（记录 {record}）" if self.speaker.place else f" (record {record})") if record else ""
            parts.append(f"{self.speaker.system(part['system'])} “{part['written']}”{named}")
        return ("，" if self.speaker.place else ", ").join(parts)

    def _apart(self):
        """“; apart in leading zeros, letter case”."""
        if not self.value:
            return ""
        names = ("、" if self.speaker.place else ", ").join(SPELLINGS[step][self.speaker.place] for step in self.value)
        return f"，不同之处：{names}" if self.speaker.place else f"; they differ in {names}"

    def _sums(self):
        """“quantity 9 instead of 10”."""
        said = []
        for name, (whole, total) in self.value.items():
            whole, total = self.speaker.number(whole), self.speaker.number(total)
            said.append(f"{self.speaker.word(name)}合计 {total}，应为 {whole}" if self.speaker.place
                        else f"{self.speaker.word(name)} {total} instead of {whole}")
        return ("；" if self.speaker.place else "; ").join(said)

    def _unread(self):
        """“WMS writes “about 68” as Quantity, which is not a number”."""
        name = self.speaker.word(self.one.field)
        if self.speaker.place:
            return "；".join(f"{self.speaker.system(part['system'])} 的{name}“{part['raw']}”{UNREAD[part['why']][1]}"
                            for part in self.value)
        return "; ".join(f"{self.speaker.system(part['system'])} writes “{part['raw']}” as {name}, which "
                         f"{UNREAD[part['why']][0]}" for part in self.value)

    def _keyless(self):
        """“WMS: row 7 and row 12 of “wms.csv” have no “doc_no””."""
        return ("；" if self.speaker.place else "; ").join(
            f"{self.speaker.system(part['system'])}{'：' if self.speaker.place else ': '}"
            f"{(_keyless_zh if self.speaker.place else _keyless_en)(part, self._columns(part))}" for part in self.value)

    def _surplus(self):
        """“ERP: row 2 of “erp.csv” has more cells than the header (“234”)”."""
        return ("；" if self.speaker.place else "; ").join(
            f"{self.speaker.system(part['system'])}{'：' if self.speaker.place else ': '}"
            f"{(_surplus_zh if self.speaker.place else _surplus_en)(part)}" for part in self.value)

    def _columns(self, part):
        """The key's columns: a file's as they stand there, the hub's own as its pages call them."""
        names = [self.speaker.word(n) if self.speaker.profile.spoken_zone else n for n in part["columns"]]
        return ("、" if self.speaker.place else ", ").join(f"“{name}”" for name in names)

    def _reason(self):
        """A refusal's own sentence, in the reader's language where the log has it."""
        text = self.value.get(self.speaker.lang, "") if isinstance(self.value, dict) else self.value
        return str(text).strip().rstrip(".。")


def _rows_en(count, rows):
    """“rows 2, 3, 4 and 2 more”."""
    more = f" and {count - len(rows):,} more" if 0 < len(rows) < count else ""
    listed = ", ".join(map(str, rows)) if more or len(rows) < 2 else " and ".join(
        [", ".join(map(str, rows[:-1])), str(rows[-1])])
    return f"row{'s' if count > 1 else ''} {listed}{more}"


def _keyless_en(part, columns):
    count, rows, records = part["rows"], part.get("numbers") or [], part.get("records") or []
    said = _rows_en(count, rows) if rows else \
        f"{count:,} {'record' if records else 'row'}{'s' if count > 1 else ''}"
    named = f" ({', '.join(records)}{', …' if count > len(records) else ''})" if records else ""
    file = f" of “{part['file']}”" if part.get("file") else ""
    return f"{said}{file}{named} {'have' if count > 1 else 'has'} no {columns}"


def _keyless_zh(part, columns):
    count, rows, records = part["rows"], part.get("numbers") or [], part.get("records") or []
    file = f"文件“{part['file']}”" if part.get("file") else ""
    if rows:
        more = f"等 {count:,} 行" if len(rows) < count else "行"
        return f"{file}第 {'、'.join(map(str, rows))} {more}没有{columns}"
    named = f"（{'、'.join(records)}{' 等' if count > len(records) else ''}）" if records else ""
    return f"{file}有 {count:,} {'条记录' if records else '行'}{named}没有{columns}"


def _surplus_en(part):
    has = "have" if part["rows"] > 1 else "has"
    cells = ", ".join(f"“{text}”" for text in part["cells"])
    return f"{_rows_en(part['rows'], part['numbers'])} of “{part['file']}” {has} more cells than the header ({cells})"


def _surplus_zh(part):
    listed, cells = "、".join(map(str, part["numbers"])), "、".join(f"“{text}”" for text in part["cells"])
    more = f"等 {part['rows']:,} 行" if part["rows"] > len(part["numbers"]) else "行"
    return f"文件“{part['file']}”第 {listed} {more}的单元格多于表头（{cells}）"


def close_up(text):
    """No space between two Chinese characters."""
    return re.sub(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])", "", text)


class Words(dict):
    """Evidence by name for str.format_map, each piece a Said; what is not there says nothing."""

    def __init__(self, evidence, speaker, one):
        super().__init__(evidence)
        self.speaker, self.one = speaker, one

    def __getitem__(self, name):
        return Said(self.get(name), self.speaker, self.one)
