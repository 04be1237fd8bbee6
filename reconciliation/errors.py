"""Why could a comparison not run, in a sentence the user can read?"""


def gettext_noop(sentence):
    """Mark `sentence` for the translators; pure modules know no Django, the command translates."""
    return sentence


class CannotRun(Exception):
    """The comparison cannot run. `sentence` is an English template, `params` fills it after translation."""

    def __init__(self, sentence, **params):
        super().__init__(sentence)
        self.sentence = sentence
        self.params = params

    def __str__(self):
        return self.sentence % self.params if self.params else self.sentence


class ProfileError(CannotRun):
    """The profile itself is wrong; `params["where"]` names the place in the file."""
