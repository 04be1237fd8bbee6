"""How is a value picked out of a raw row by a JMESPath expression, quickly and with nothing to break out of?

An expression is parsed once and turned into a chain of small functions over dicts and lists. Only the nodes
and functions named here exist: there is no attribute access, no loop, no clock and no way to make a short
expression grow a huge result. What the fast chain does not cover is handed to jmespath's own interpreter.
"""
from functools import partial

from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions
from jmespath.parser import Parser
from jmespath.visitor import Options, TreeInterpreter

from integrations.text_functions import TEXT_FUNCTIONS
from integrations.unreadable import BadMapping, BadValue

MAX_LENGTH, MAX_DEPTH, MAX_NODES, MAX_FORKS = 500, 20, 120, 16

_BUILT_IN = {
    "contains", "ends_with", "starts_with", "join", "keys", "length", "max", "min", "not_null", "reverse",
    "sort", "to_array", "to_string", "type", "values",
}
_ROW_NODES = {
    "field", "subexpression", "literal", "current", "identity", "index", "index_expression", "slice",
    "projection", "value_projection", "filter_projection", "flatten", "comparator", "and_expression",
    "or_expression", "not_expression", "pipe", "multi_select_list", "multi_select_dict", "key_val_pair",
    "function_expression",
}


def compile_expression(text, tables=None):
    """A function raw row -> value (None when absent); `tables` are the code tables `lookup` may read."""
    if not isinstance(text, str) or not text.strip() or len(text) > MAX_LENGTH:
        raise BadMapping("EXPRESSION_TOO_LONG", limit=MAX_LENGTH)
    try:
        tree = Parser().parse(text).parsed
    except (JMESPathError, RecursionError, ValueError) as error:
        raise BadMapping("BAD_EXPRESSION", expression=text[:80], detail=str(error)[:200]) from None
    _check(tree)
    if tree["type"] == "field":
        return plain_column(tree["value"])
    own = dict(TEXT_FUNCTIONS, lookup=partial(_lookup, tables or {}))
    return _guarded(_build(tree, own), text)


def plain_column(name):
    """A plain column, the everyday case: a row is a dict, so nothing can go wrong."""
    return lambda row: row.get(name)


def _lookup(tables, name, code):
    table = tables.get(name)
    return table.get(str(code)) if isinstance(table, dict) and code is not None else None


def _check(tree):
    """Refuses unknown functions and nodes, depth, size and the forks that could multiply a value."""
    nodes, forks, layer, depth = 0, 0, [tree], 0
    while layer:
        depth += 1
        nodes += len(layer)
        for node in layer:
            forks += len(node["children"]) if node["type"].startswith("multi_select") else 0
            _check_node(node)
        layer = [child for node in layer for child in node["children"] if isinstance(child, dict)]
        if depth > MAX_DEPTH or nodes > MAX_NODES or forks > MAX_FORKS:
            raise BadMapping("EXPRESSION_TOO_LONG", limit=MAX_LENGTH)


def _check_node(node):
    name = node.get("value")
    if node["type"] == "function_expression":
        if name not in _BUILT_IN and name not in TEXT_FUNCTIONS and name != "lookup":
            raise BadMapping("UNKNOWN_FUNCTION", function=str(name))
    elif node["type"] not in _ROW_NODES:
        raise BadMapping("UNKNOWN_FUNCTION", function=node["type"])


def _guarded(read, text):
    def value_of(row):
        try:
            return read(row)
        except (JMESPathError, TypeError, ValueError, AttributeError, IndexError, KeyError, RecursionError):
            raise BadValue("EXPRESSION_FAILED", expression=text[:80]) from None
    return value_of


def _build(node, own):
    """The fast chain for the everyday nodes, else jmespath's interpreter bound to this node."""
    builder = _BUILDERS.get(node["type"])
    built = builder(node, own) if builder else None
    return built or _interpreted(node, own)


def _interpreted(node, own):
    interpreter = TreeInterpreter(Options(custom_functions=_Whitelisted(own)))
    return lambda row: interpreter.visit(node, row)


class _Whitelisted(Functions):
    """jmespath's functions behind the white list, with the hub's own text functions beside them."""

    def __init__(self, own):
        self._own = own

    def call_function(self, function_name, resolved_args):
        if function_name in self._own:
            return self._own[function_name](*resolved_args)
        if function_name in _BUILT_IN:
            return super().call_function(function_name, resolved_args)
        raise BadValue("EXPRESSION_FAILED", expression=function_name)


def _field(node, own):
    name = node["value"]
    return lambda row: row.get(name) if isinstance(row, dict) else None


def _subexpression(node, own):
    steps = [_build(child, own) for child in node["children"]]
    header = _dotted(node)

    def walk(row):
        value = row
        for step in steps:
            value = step(value)
            if value is None:
                return row.get(header) if header and isinstance(row, dict) else None
        return value
    return walk


def _dotted(node):
    """The path as a spreadsheet writes it in its header ("account.id"), when it is nothing but names."""
    if node["type"] == "field":
        return node["value"]
    if node["type"] != "subexpression":
        return ""
    parts = [_dotted(child) for child in node["children"]]
    return ".".join(parts) if all(parts) else ""


def _literal(node, own):
    value = node["value"]
    return lambda row: value


def _or(node, own):
    first, second = (_build(child, own) for child in node["children"])

    def either(row):
        value = first(row)
        return value if value or (value == 0 and value is not False and _is_number(value)) else second(row)
    return either


def _is_number(value):
    return isinstance(value, (int, float))


def _function(node, own):
    call = own.get(node["value"])
    if call is None:
        return None
    arguments = [_build(child, own) for child in node["children"]]
    if len(arguments) == 1:
        only = arguments[0]
        return lambda row: call(only(row))
    return lambda row: call(*[argument(row) for argument in arguments])


_BUILDERS = {
    "field": _field, "subexpression": _subexpression, "literal": _literal, "or_expression": _or,
    "function_expression": _function,
}
