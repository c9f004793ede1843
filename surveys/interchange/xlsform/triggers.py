"""The column `trigger`: which answers make a value be worked out again."""

from surveys.interchange.xlsform.copies import Copies
from surveys.interchange.xlsform.form import Form, FormRow
from surveys.interchange.xlsform.remarks import Report
from surveys.interchange.xlsform.scanning import references

_BACKGROUND = "background-geopoint"


def check_triggers(form: Form, copies: Copies, report: Report) -> None:
    """Each names questions, and such as are shown."""
    for row in form.rows:
        if row.get("type") and row.get("trigger"):
            _check_cell(row, copies, report)
    for node in copies.root.walk():
        if node.type.word != _BACKGROUND:
            continue
        if node.row.get("calculation"):
            place = node.row.place("calculation")
            report.problem("calculation_not_here", place, type=_BACKGROUND)
        if not node.row.get("trigger"):
            report.problem("trigger", node.row.place("trigger"), name="")


def _check_cell(row: FormRow, copies: Copies, report: Report) -> None:
    place = row.place("trigger")
    found = [list(references(part)) for part in row.get("trigger").split(",")]
    if not any(found) or any(len(names) > 1 for names in found):
        report.problem("trigger", place, name=row.get("trigger"))
    for name in (name for names in found for name in names):
        nodes = [node for node in copies.by_name.get(name, []) if not node.is_group]
        if not nodes:
            report.problem("trigger", place, name=name)
        elif row.get("type") != _BACKGROUND and any(node.is_unseen for node in nodes):
            report.problem("trigger_unseen", place, name=name)
