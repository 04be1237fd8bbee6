"""Which words does a person see in a template, in a page, in a module, and which of them are plain English?"""
import ast
import re
from html.parser import HTMLParser

# Words that are the same in Chinese: brands, formats, protocols, units, keys.
BRANDS = set(
    "ERP WMS CRM TMS MES MRP QC BOM API APIs SLA VMI JIT REST JSON YAML XML HTTP HTTPS URL UTF UTC CSV ISO NUL SHA IP "
    "ID None Excel xlsx xlsb csv parquet Tryton Excel English WeCom Swagger OpenAPI PostgreSQL SQLite Python Django "
    "Enter Esc Ctrl Shift Alt Tab CST min kg pcs CNY USD EUR GB MB PDF".split()
)
SKIPPED = {"script", "style", "code", "pre", "kbd", "svg", "template", "textarea"}
VOID = set("area base br col embed hr img input link meta source track wbr".split())
TOLD_BY = ("title", "placeholder", "aria-label", "alt", "data-confirm", "data-title")
WORD = re.compile(r"[A-Za-z][A-Za-z']+")


def english(text):
    """The English words of a text that are no brand words and no codes (with a digit, _, @, / or . in them)."""
    plain = re.sub(r"\S*[\d_@/\\=#&]\S*|\b[\w-]+\.[\w.-]+\b|%\(\w+\)s", " ", text)
    return [word for word in WORD.findall(plain) if word not in BRANDS]


def of_template(source):
    """Texts of a template that no translation tag holds."""
    bare = re.sub(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", "", source, flags=re.S)
    bare = re.sub(r"\{% blocktrans(late)?\b.*?\{% endblocktrans(late)? %\}", "", bare, flags=re.S)
    bare = re.sub(r"\{% block \w*class\w* %\}.*?\{% endblock %\}", "", bare, flags=re.S)
    return of_page(re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", bare, flags=re.S))


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.depth, self.texts = 0, []

    def handle_starttag(self, tag, attrs):
        if tag in VOID:
            pass
        elif self.depth or tag in SKIPPED or "material-symbols" in (dict(attrs).get("class") or ""):
            self.depth += 1
        if not self.depth:
            self.texts += [value for name, value in attrs if name in TOLD_BY and value]

    def handle_endtag(self, tag):
        if self.depth and tag not in VOID:
            self.depth -= 1

    def handle_data(self, data):
        if not self.depth and data.strip():
            self.texts.append(" ".join(data.split()))


def of_page(source):
    """The texts and spoken attributes of a piece of HTML."""
    reader = _Reader()
    reader.feed(source)
    return reader.texts


# Calls whose text reaches a person: (name, which positional argument).
SPEAKING = {
    "Refusal": 0, "ValidationError": 0, "success": 1, "error": 1, "warning": 1, "info": 1, "BadRequest": 0,
    "ParseError": 0, "NotFound": 0,
}
SPEAKING_KEYWORDS = {
    "help_text", "page_title", "verbose_name", "verbose_name_plural", "short_description", "description",
    "empty_label",
}


def of_module(source):
    """[(line, text)]: literals handed to something that speaks to a person, past gettext."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            found += [(node.lineno, text) for text in map(_literal, _spoken(node)) if text and english(text)]
    return found


def _spoken(call):
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    place = SPEAKING.get(name)
    if place is not None and len(call.args) > place and _is_ours(call, name):
        yield call.args[place]
    for keyword in call.keywords:
        if keyword.arg in SPEAKING_KEYWORDS or (keyword.arg == "label" and name.endswith("Field")):
            yield keyword.value


def _is_ours(call, name):
    """success, error … only of django.contrib.messages; loggers speak to operators."""
    if not name.islower():
        return True
    owner = getattr(call.func, "value", None)
    return isinstance(owner, ast.Name) and owner.id == "messages"


def _literal(node):
    if isinstance(node, ast.JoinedStr):
        return " ".join(part.value for part in node.values if isinstance(part, ast.Constant))
    if isinstance(node, ast.BinOp):
        return _literal(node.left)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
