"""Why could a row, a value or a mapping not be read, in a sentence an operator understands?"""


def gettext_noop(text):
    """Marks a sentence for the translators; it is translated where it is shown."""
    return text


REASONS = {
    "NOT_A_ROW": gettext_noop("This is not a row of named fields."),
    "NO_MAPPING": gettext_noop("This system has no mapping for “%(stream)s”."),
    "ROW_TOO_LARGE": gettext_noop("The row is larger than %(limit)s characters."),
    "MISSING_KEY": gettext_noop("The record has no number: nothing stands in “%(field)s”."),
    "MISSING_VALUE": gettext_noop("A needed value is missing: nothing stands in “%(field)s”."),
    "NO_ZONE": gettext_noop("“%(value)s” has no time zone and none is declared for this system."),
    "UNREADABLE_TIME": gettext_noop("“%(value)s” is not a time as this system writes it."),
    "TIME_OUT_OF_RANGE": gettext_noop("“%(value)s” lies outside the years 1990 to 2099."),
    "UNREADABLE_NUMBER": gettext_noop("“%(value)s” is not a number."),
    "NUMBER_TOO_LARGE": gettext_noop("“%(value)s” is too large to be stored."),
    "NOT_EXACT": gettext_noop("“%(value)s” has more decimal places than can be stored exactly."),
    "UNKNOWN_UNIT": gettext_noop("The unit “%(value)s” is not in the unit table."),
    "UNKNOWN_CURRENCY": gettext_noop("“%(value)s” is not a currency code of three letters."),
    "STATUS_UNMAPPED": gettext_noop("The status “%(value)s” is not in the code table of this mapping."),
    "CODE_UNMAPPED": gettext_noop("The code “%(value)s” is not in the code table “%(table)s”."),
    "TOO_LONG": gettext_noop("The text is longer than %(limit)s characters."),
    "NOT_YES_OR_NO": gettext_noop("“%(value)s” is neither yes nor no."),
    "NOT_TEXT": gettext_noop("A single text was expected here, not a list or a group of fields."),
    "EXPRESSION_FAILED": gettext_noop("The expression “%(expression)s” does not fit this row."),
    # of mappings, told to the person who edits them
    "UNKNOWN_ZONE": gettext_noop("“%(zone)s” is not a time zone."),
    "UNKNOWN_DIALECT": gettext_noop("“%(dialect)s” is not a way of writing times that the hub knows."),
    "UNKNOWN_CONVERTER": gettext_noop("“%(converter)s” is not a kind of value that the hub knows."),
    "UNKNOWN_FIELD": gettext_noop("“%(field)s” is not a field of the hub."),
    "UNKNOWN_TABLE": gettext_noop("The mapping has no code table “%(table)s”."),
    "UNKNOWN_STATUS": gettext_noop("“%(value)s” is not a status of the hub."),
    "BAD_FACTOR": gettext_noop("“%(value)s” is not a unit factor."),
    "MISSING_PART": gettext_noop("The mapping does not say how to read %(field)s."),
    "BAD_EXPRESSION": gettext_noop("The expression “%(expression)s” cannot be understood: %(detail)s"),
    "EXPRESSION_TOO_LONG": gettext_noop("The expression is longer than %(limit)s characters or too deep."),
    "UNKNOWN_FUNCTION": gettext_noop("The function “%(function)s” may not be used in a mapping."),
}


class _Told(Exception):
    """A refusal with a stable `code`, an English `sentence` to translate and its `params`."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.sentence = REASONS[code]
        self.params = params

    def __str__(self):
        return self.sentence % self.params


class BadValue(_Told):
    """One value of a row cannot be read."""


class UnreadableRow(_Told):
    """A row cannot become a statement and is parked."""


class BadMapping(_Told):
    """A mapping is not well formed; refused when it is saved, not when rows come."""
