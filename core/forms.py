"""The base of every form: CSRF by default and messages that say how to mend the input."""

from typing import Any

from flask_wtf import FlaskForm

from core.errors import Invalid


class BaseForm(FlaskForm):
    """A form with CSRF protection."""

    def refuse(self, error: Invalid) -> None:
        """Attach an error of the domain to its field, or to the form as a whole."""
        field: Any = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(error.message)
        else:
            field.errors = [*field.errors, error.message]
