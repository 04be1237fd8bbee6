"""What does the mapping form of two files show: the guesses, or what was chosen when something in it is wrong?"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from desk.files import guessing
from desk.files.profile import CHOICES
from kernel.pages import whole

AT = {"names": "name_b", "keys": "key_a"}  # where a refusal of the whole form is said


@dataclass
class Wrong:
    """One sentence of what is wrong, and the field of the form it stands at; "" is the form as a whole."""

    sentence: str
    field: str = ""


class Form:
    """`post` is what was sent, None on the first view; then the guesses stand in the form."""

    def __init__(self, post, guess, columns, names):
        self.post, self.guess, self.columns, self.names = post, guess, columns, names

    @property
    def record(self):
        return "" if self.post is None else self.post.get("record", "")

    def sides(self):
        """{name, key, prefix} of both files."""
        guessed = zip(self.names, (self.guess.key_a, self.guess.key_b),
                      (self.guess.prefix_a, self.guess.prefix_b), strict=True)
        found = []
        for side, (name, key, prefix) in zip("ab", guessed, strict=True):
            filled = {"side": side, "name": name, "key": key, "prefix": prefix}
            if self.post is not None:
                filled = {
                    "side": side, "name": self.post.get(f"name_{side}", name)[:20],
                    "key": _place(self.post.get(f"key_{side}", "")),
                    "prefix": self.post.get(f"prefix_{side}", "")[:20],
                }
            found.append(filled)
        return found

    def rows(self):
        """[(column of the first file, place of the other's or None, type, tolerance)] without the key."""
        matched = {a: (b, kind) for a, b, kind in self.guess.fields}
        found = []
        for column in self.columns[0]:
            if column.place == self.guess.key_a:
                continue
            other, kind = matched.get(column.place, (None, guessing.TYPES.get(column.concept, "text")))
            tolerance = ""
            if self.post is not None:
                other = _place(self.post.get(f"with_{column.place}", ""))
                asked = self.post.get(f"type_{column.place}", "")
                kind = asked if asked in CHOICES else kind
                tolerance = self.post.get(f"tolerance_{column.place}", "").strip()[:12]
            found.append((column, other, kind, tolerance))
        return found


def _place(text):
    return whole(text) if text.isdecimal() else None


def wrong_in(trouble, tree, fields):
    """The Wrong of a profile that was refused; `fields` [(place, type, tolerance)] in the order of the tree's."""
    where = str(trouble.params.get("where", ""))
    named = [(f"fields.{name}", *one) for name, one in zip(tree["fields"], fields, strict=True)]
    at = [one for one in named if where == one[0] or where.startswith(one[0] + ".")]
    if not at:
        return Wrong(_(trouble.sentence) % trouble.params if trouble.params else _(trouble.sentence))
    _name, place, kind, tolerance = max(at, key=lambda one: len(one[0]))
    return Wrong(_said(kind) % {"value": tolerance}, f"tolerance_{place}")


def _said(kind):
    if kind in ("text", "code"):
        return _("Only numbers and times may differ by something: leave this empty.")
    if kind == "time":
        return _("“%(value)s” is no number of minutes that can be allowed, such as 30.")
    return _("“%(value)s” is no number that can be allowed, such as 0.5.")
