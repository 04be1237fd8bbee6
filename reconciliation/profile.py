"""What is compared with what, and when are two values the same?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

NUMBER_TYPES = ("quantity", "money", "integer", "number")
TYPES = (*NUMBER_TYPES, "time", "code", "text")
SEVERITIES = ("low", "medium", "high")
NORMALISATIONS = ("trim", "nfkc", "upper", "strip_zeros", "no_space", "no_punctuation")

# Evidence a profile may name per system; all optional. Any other name is kept and shown, but no rule reads it.
TIME_EVIDENCE = ("event", "received", "created", "promised", "synced")
NUMBER_EVIDENCE = ("shipped", "shipment_lines", "discount", "freight", "tax_rate", "price", "lines")
TEXT_EVIDENCE = (
    "version", "sequence", "received_version", "actor", "actor_kind", "message_id", "payload_hash", "batch",
    "parent", "closed", "raw_code", "raw_unit", "mapping_version", "device", "warehouse", "line", "item",
    "customer", "order_type", "currency",
)
EVIDENCE = TIME_EVIDENCE + NUMBER_EVIDENCE + TEXT_EVIDENCE
DIMENSIONS = ("warehouse", "device", "item", "customer", "actor", "batch", "raw_code", "raw_unit",
              "mapping_version")


@dataclass(frozen=True, slots=True)
class KeyRule:
    """Which columns make the key, and how it is smoothed before systems are matched."""

    columns: tuple[str, ...]
    join: str = "|"
    normalise: tuple[str, ...] = ("trim",)
    strip_prefix: tuple[str, ...] = ()
    strip_suffix: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScopeTest:
    """One condition a row must meet to take part; all conditions of a system must hold."""

    column: str
    op: str  # in | not_in | equals | from | before | prefix | not_prefix
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class System:
    """One system taking part. `grace_s` seconds; `watermark_us` UTC µs up to which it is known complete."""

    name: str
    source: str
    key: KeyRule
    entity: str = "order"  # inside the hub: which kind of its records takes part
    record: bool = False
    complete: bool = True
    grace_s: int = 0
    watermark: str = ""
    zone: str = "UTC"
    clock_zone: str = ""  # inside the hub, where times are stored in UTC: the zone the system itself writes in
    sheet: str = ""
    encoding: str = ""
    duplicates: str = "report"  # report | latest
    day_first: bool = False
    scope: tuple[ScopeTest, ...] = ()
    evidence: dict[str, str] = field(default_factory=dict)
    times: dict[str, str] = field(default_factory=dict)
    label: dict[str, str] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()  # evidence named for all systems at once: its columns may be absent

    def without_absent(self, header):
        """This system without shared evidence whose columns the file `header` lacks."""
        kept = {n: c for n, c in self.evidence.items() if n not in self.shared or c in header}
        return replace(self, evidence=kept)


@dataclass(frozen=True, slots=True)
class Field:
    """One compared field. `tolerance` in the canonical integer (millionths, or µs); `relative_ppm` per million."""

    name: str
    type: str
    columns: dict[str, str]
    tolerance: int = 0
    relative_ppm: int = 0
    severity: str = "medium"
    authority: str = ""
    empty: str = "difference"  # difference | ignore
    currency: str = ""
    currency_columns: dict[str, str] = field(default_factory=dict)
    unit_columns: dict[str, str] = field(default_factory=dict)
    item_columns: dict[str, str] = field(default_factory=dict)
    base_unit: str = ""
    factors: dict[str, str] = field(default_factory=dict)  # unit -> base units in one, as text
    formats: tuple[str, ...] = ()
    zones: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    system_codes: dict[str, dict[str, str]] = field(default_factory=dict)  # system -> what it writes -> what it means
    codes_name: str = ""
    rank: tuple[str, ...] = ()
    normalise: tuple[str, ...] = ()
    xref: str = ""
    decimal: str = "."
    aggregate: str = "sum"
    label: dict[str, str] = field(default_factory=dict)

    @property
    def is_looked_up(self):
        """Does what is written mean what some table says?"""
        return self.type == "code" or self.type == "text" and bool(self.xref or self.codes or self.system_codes)

    def means_in(self, system):
        """{what is written: what it means} there, by the field's own map."""
        return {**self.codes, **self.system_codes.get(system, {})}

    @property
    def is_number(self):
        return self.type in NUMBER_TYPES


@dataclass(frozen=True, slots=True)
class Cardinality:
    """1:1, or 1:n where `many` systems hold several rows per key and name it in their `parent` column."""

    kind: str = "1:1"
    many: dict[str, str] = field(default_factory=dict)  # system -> parent column


@dataclass(frozen=True, slots=True)
class Profile:
    """A whole comparison. Systems and fields are kept in name order, so no result depends on their order."""

    name: str
    systems: dict[str, System]
    fields: dict[str, Field]
    title: dict[str, str] = field(default_factory=dict)
    revision: str = "1"
    zone: str = "UTC"
    currency: str = ""
    cardinality: Cardinality = field(default_factory=Cardinality)
    empty_words: tuple[str, ...] = ()
    rules_off: frozenset[str] = frozenset()
    rules_only: frozenset[str] = frozenset()
    outside_prefixes: tuple[str, ...] = ()
    late_message_s: int = 0
    tax_rates: tuple[str, ...] = ("0.13", "0.09", "0.06")
    rounding_lines: int = 20
    # Inside the hub: the zone its pages speak in, and what people call its codes {code: {en, zh}}.
    spoken_zone: str = ""
    words: dict[str, dict] = field(default_factory=dict)

    @property
    def record_system(self):
        """Name of the system of record, or "" when the profile names none."""
        return next((name for name, system in self.systems.items() if system.record), "")

    @property
    def partial(self):
        """Names of the systems that do not hold every key."""
        return frozenset(name for name, system in self.systems.items() if not system.complete)

    def rule_is_on(self, cause):
        return cause not in self.rules_off and (not self.rules_only or cause in self.rules_only)
