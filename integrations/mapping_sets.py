"""Which mappings does one system have, stream by stream, as one published version?

A system's spec holds what its streams share (zone, currency, tables, units, envelope) once:
{"format": 1, "system": "erp", "zone": "Asia/Shanghai", "tables": {...}, "units": {...},
 "streams": {"order": {...}, "order_line": {...}}}. A stream is named like its entity unless it says `entity`.
"""
from integrations.mapping import compile_mapping
from integrations.unreadable import BadMapping, UnreadableRow

SHARED = ("system", "zone", "currency", "envelope", "orders_by", "tables", "units")


def stream_spec(spec, name, version=None):
    """The whole spec of one stream, with what the system's spec shares filled in."""
    shared = {part: spec[part] for part in SHARED if part in spec}
    own = spec["streams"][name]
    whole = {**shared, "stream": name, "entity": name, **own}
    whole["mapping_version"] = str(version if version is not None else spec.get("mapping_version", 1))
    for part in ("tables", "units"):
        whole[part] = {**shared.get(part, {}), **own.get(part, {})}
    return whole


class MappingSet:
    """The readers of one system: `read(stream, row)` gives a Reading or refuses with UnreadableRow."""

    def __init__(self, spec, version=None):
        if not isinstance(spec, dict) or not isinstance(spec.get("streams"), dict):
            raise BadMapping("MISSING_PART", field="streams")
        self.readers = {
            name: compile_mapping(stream_spec(spec, name, version)) for name in spec["streams"]
        }

    def read(self, stream, row, position=0):
        """The Reading of one raw row of `stream` (or entity)."""
        reader = self.readers.get(stream)
        if reader is None:
            raise UnreadableRow("NO_MAPPING", stream=stream)
        return reader.read(row, position)


def compile_mappings(spec, version=None):
    """A MappingSet from a system's spec; `version` (of the stored row) overrides the spec's own."""
    return MappingSet(spec, version)
