"""Which cells of a sheet may its reader fill in, and with what? The rest is locked, so that it comes back unharmed.

The lock has no password: it keeps a slip of the hand away, nobody's will. Filters and widths stay the reader's own.
"""
from datetime import date

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

FIRST_DAY = date(1899, 12, 30)  # from which a spreadsheet counts its days
LONGEST_HINT = 250
OPEN = PatternFill(bgColor="EEF4FF", fill_type="solid")  # a cell to fill in


def begin_form(worksheet, columns, formats):
    """Before the first row: open columns are unlocked down to the last row, whatever stands in them."""
    for place, column in _open(columns):
        of_column = worksheet.column_dimensions[get_column_letter(place)]
        of_column.protection = Protection(locked=False)
        of_column.number_format = column.format or formats[column.kind]


def end_form(worksheet, columns, last_row):
    """After the last row: their colour, lists to choose from, hints, and the lock."""
    opened = list(_open(columns))
    if not opened or last_row < 2:
        return
    for place, column in opened:
        letter = get_column_letter(place)
        worksheet.conditional_formatting.add(f"{letter}2:{letter}{last_row}", FormulaRule(["TRUE"], fill=OPEN))
        rule = _rule(column)
        if rule is not None:
            rule.add(f"{letter}2:{letter}{last_row}")
            worksheet.data_validations.append(rule)
    lock = worksheet.protection
    lock.sheet = True
    # In a sheet's XML these say what is locked, not what is allowed.
    lock.autoFilter = lock.sort = lock.formatColumns = lock.formatRows = lock.formatCells = False


def _open(columns):
    return ((place, column) for place, column in enumerate(columns, 1) if column.is_open)


def _rule(column):
    kind = {"type": None}
    if column.choices:
        kind = {"type": "list", "formula1": column.choices, "errorStyle": "stop" if column.is_strict else "warning"}
    elif column.kind == "date":
        kind = {"type": "date", "operator": "greaterThanOrEqual",
                "formula1": str((column.since - FIRST_DAY).days) if column.since else "1"}
    if kind["type"] is None and not column.hint:
        return None
    rule = DataValidation(allow_blank=True, showErrorMessage=bool(kind["type"]), **kind)
    if column.hint:
        rule.promptTitle, rule.prompt = str(column.name)[:32], str(column.hint)[:LONGEST_HINT]
        rule.showInputMessage = True
    return rule
