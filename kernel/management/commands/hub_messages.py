"""Does our catalogue know every text? Adds new ones, drops those gone, keeps translations."""
import polib
from django.conf import settings
from django.core.management.base import BaseCommand

from kernel import messages


class Command(BaseCommand):
    help = "Bring locale/zh_Hans/LC_MESSAGES/django.po up to date with the code and the packages."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--list", action="store_true", help="print what is not translated")

    def handle(self, *, list, **options):
        path = settings.LOCALE_PATHS[0] / "zh_Hans" / "LC_MESSAGES" / "django.po"
        old = {(e.msgctxt or "", e.msgid): e for e in polib.pofile(str(path))} if path.exists() else {}
        book = polib.POFile(wrapwidth=110)
        book.metadata = {
            "Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit", "Language": "zh_Hans",
            "Plural-Forms": "nplurals=1; plural=0;",
        }
        for message in wanted():
            book.append(_entry(message, old.get(message.key)))
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(str(path))
        missing = [entry.msgid for entry in book if not entry.translated()]
        self.stdout.write(f"{len(book)} texts, {len(missing)} without a translation")
        for text in missing if list else ():
            self.stdout.write(repr(text))


def wanted():
    """Our texts, then those of packages that neither their own catalogue nor Django's answers."""
    ours = {}
    for name in messages.OURS:
        for message in messages.of_folder(settings.BASE_DIR / name, name):
            ours.setdefault(message.key, message)
    django = messages.answered_by(messages.catalogues_of("django"))
    for name in messages.PACKAGES:
        known = django | messages.answered_by(messages.catalogues_of(name))
        for message in messages.of_package(name):
            if message.key not in known:
                ours.setdefault(message.key, message)
    return sorted(ours.values(), key=lambda message: (message.text, message.context))


def _entry(message, old):
    entry = polib.POEntry(
        msgid=message.text, msgctxt=message.context or None, occurrences=[(message.where.rsplit(":", 1)[0], "")]
    )
    if message.plural:
        entry.msgid_plural = message.plural
        entry.msgstr_plural = dict(old.msgstr_plural) if old and old.msgstr_plural else {0: ""}
    elif old:
        entry.msgstr = old.msgstr
    flags = [flag for flag, sign in (("python-format", "%("), ("python-format", "%s")) if sign in message.text]
    entry.flags = sorted(set(flags))
    return entry
