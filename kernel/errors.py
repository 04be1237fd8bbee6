"""How does an action say no, in a sentence the user can read?"""


class Refusal(Exception):
    """An action refused. `sentence` is translatable and shown to the user; `code` is stable for programs."""

    def __init__(self, sentence, code="", **params):
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.params = params

    def __str__(self):
        return str(self.sentence) % self.params if self.params else str(self.sentence)


class Forbidden(Refusal):
    """Refused because of who asks: seen, but not theirs to do. The sentence names who can; over REST it is 403."""


def do_to_each(rows, do):
    """(what `do` gave, [(row, sentence) refused]): one row that is refused does not keep the others."""
    done, refused = [], []
    for row in sorted(rows, key=lambda one: one.pk):
        try:
            done.append(do(row))
        except Refusal as refusal:
            refused.append((row, str(refusal)))
    return done, refused
