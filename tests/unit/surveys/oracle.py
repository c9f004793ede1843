"""pyxform as an oracle: what other tools say of a form. Only tests and benchmarks ask it."""

from importlib import import_module
from importlib.metadata import version

from tests.plugins.absence import leave_out


def _convert(form: bytes | str, file_type: str) -> list[str]:
    if int(version("pyxform").partition(".")[0]) < 4:
        leave_out("The installed pyxform is older than 4", "Install requirements-dev.txt again.")
    pyxform = import_module("pyxform.xls2xform")
    warnings: list[str] = pyxform.convert(form, validate=False, file_type=file_type).warnings
    return warnings


def warnings_of_pyxform(data: bytes) -> list[str]:
    """What pyxform warns of in a workbook that it takes."""
    return _convert(data, ".xlsx")


def refusal_of_pyxform(form: str) -> str:
    """Why pyxform refuses a form in Markdown; "" where it takes it."""
    try:
        _convert(form, ".md")
    except Exception as error:  # noqa: BLE001 - the oracle's own crashes are refusals too
        return f"{type(error).__name__}: {error}"
    return ""
