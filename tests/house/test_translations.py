"""Is every text a person can see there in Chinese: catalogue, templates, modules, models and every page as drawn?"""
import gettext
import re

import polib
import pytest
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import override

from integrations.reasons import reasons_in_both
from integrations.unreadable import REASONS
from kernel import messages
from kernel.management.commands.hub_messages import wanted
from orders.identity import SENTENCES
from reconciliation.causes.names import NAMES
from tests.house import visible
from tests.house.world import our_models

CATALOGUE = settings.BASE_DIR / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
CHINESE = r"[\u4e00-\u9fff]"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# Command lines and the description of REST speak English to programmers; they are no pages.
NOT_PAGES = ("management/commands", "migrations", "/api.py", "kernel/rest_")


@pytest.fixture(scope="module")
def book():
    return polib.pofile(str(CATALOGUE))


def said(entry):
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def ours(entry):
    return entry.occurrences[0][0].split("/")[0] in messages.OURS


def test_every_text_has_its_chinese(book):
    known = {(entry.msgctxt or "", entry.msgid) for entry in book if said(entry) and not entry.fuzzy}
    missing = [f"{one.where}: {one.text!r}" for one in wanted() if one.key not in known]
    assert missing == [], "run `manage.py hub_messages` and translate what it adds"


def test_placeholders_are_kept(book):
    wrong = []
    for entry in book:
        asked = set(PLACEHOLDER.findall(entry.msgid + (entry.msgid_plural or "")))
        if said(entry) and asked != set(PLACEHOLDER.findall(said(entry))):
            wrong.append((entry.msgid, said(entry)))
    assert wrong == []


def test_chinese_is_written_as_chinese(book):
    """Full-width punctuation beside Chinese, no cheering, quotation marks of the trade."""
    half = re.compile(rf"{CHINESE}[,;:!?]|[;!?]{CHINESE}|{CHINESE}\(|\){CHINESE}|(?<!最近)成功|[!！《》]")
    wrong = [said(entry) for entry in book if ours(entry) and half.search(said(entry))]
    assert wrong == []


def test_sentences_end_as_the_english_does(book):
    wrong = [
        (entry.msgid, said(entry)) for entry in book if ours(entry) and len(entry.msgid) > 3
        if entry.msgid.rstrip().endswith(".") and not said(entry).endswith(("。", "……"))
    ]
    assert wrong == []


def test_catalogue_compiles(book, tmp_path):
    target = tmp_path / "django.mo"
    book.save_as_mofile(str(target))
    with target.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.gettext("Order Hub") == "订单中枢"
    assert compiled.pgettext("order", "open") != compiled.gettext("open")
    assert compiled.ngettext("%(n)s difference", "%(n)s differences", 3) == "%(n)s 项差异"


def test_the_check_sees_a_missing_text(tmp_path):
    (tmp_path / "views.py").write_text('from x import _\nlabel = _("Never said before")\n', encoding="utf-8")
    (tmp_path / "page.html").write_text(
        '{% load i18n %}{% translate "Nor this" %}{% blocktranslate count n=n %}{{ n }} it{% plural %}{{ n }} them'
        "{% endblocktranslate %}", encoding="utf-8",
    )
    assert {one.text for one in messages.of_folder(tmp_path, "x")} == {"Never said before", "Nor this", "%(n)s it"}


def _files(suffix):
    for name in messages.OURS:
        for path in sorted((settings.BASE_DIR / name).rglob(f"*{suffix}")):
            where = path.relative_to(settings.BASE_DIR).as_posix()
            if not any(part in where for part in NOT_PAGES):
                yield where, path.read_text(encoding="utf-8")


def test_templates_say_nothing_past_gettext():
    found = [
        f"{where}: {text!r}" for where, source in _files(".html") for text in visible.of_template(source)
        if visible.english(text)
    ]
    assert found == []


def test_modules_say_nothing_past_gettext():
    found = [
        f"{where}:{line}: {text!r}" for where, source in _files(".py")
        for line, text in visible.of_module(source)
    ]
    assert found == []


@pytest.mark.parametrize(("source", "caught"), [
    ("<p>Two words</p>", True), ('<p>{% translate "Two words" %}</p>', False),
    ('<a title="Go there">{{ x }}</a>', True), ('<th>ERP</th><script>let words;</script>', False),
])
def test_the_template_check_bites(source, caught):
    assert bool([text for text in visible.of_template(source) if visible.english(text)]) is caught


@pytest.mark.parametrize(("source", "caught"), [
    ('raise Refusal("No such thing")', True), ('raise Refusal(_("No such thing"))', False),
    ('messages.success(request, f"{n} rows done")', True), ('log.error("Broke", "apart")', False),
    ('forms.CharField(label="Your name")', True),
])
def test_the_module_check_bites(source, caught):
    assert bool(visible.of_module(source)) is caught


def _names_of(model):
    yield "verbose_name", model._meta.verbose_name
    yield "verbose_name_plural", model._meta.verbose_name_plural
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        yield f"{field.name}.verbose_name", field.verbose_name
        yield f"{field.name}.help_text", field.help_text
        for _code, label in field.choices or ():
            yield f"{field.name}.choices", label


def test_names_of_models_and_fields_are_lazy():
    found = [
        f"{model.__name__}.{where}: {name!r}" for model in our_models() for where, name in _names_of(model)
        if not isinstance(name, Promise) and visible.english(name)
    ]
    assert found == []


def test_reasons_kept_in_both_languages_are_chinese():
    for sentence in [*REASONS.values(), *SENTENCES.values()]:
        english, chinese = reasons_in_both(sentence, {})
        assert english != chinese and re.search(CHINESE, chinese), sentence
    with override("en"):
        assert re.search(CHINESE, reasons_in_both(REASONS["NOT_A_ROW"], {})[1]), "whatever the worker's language"


def test_causes_have_two_names():
    assert [code for code, (_en, zh) in NAMES.items() if not re.search(CHINESE, zh)] == []


def test_a_text_is_found_under_whatever_name_it_is_translated():
    """“Told: …” stood in English on Chinese pages: gettext had been imported under another name."""
    source = (
        "from django.utils.translation import gettext as _now\nfrom django.utils.translation import pgettext as p\n"
        "_now('one')\np('where', 'two')\nother('three')\n"
    )
    assert {(one.context, one.text) for one in messages.of_source(source, "x")} == {("", "one"), ("where", "two")}
