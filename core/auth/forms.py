"""Signing in and choosing a password."""

from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from core.forms import BaseForm
from core.i18n import _l


class SignInForm(BaseForm):
    """One field asks for a link by mail; the second is for those who set a password."""

    email = EmailField(
        _l("E-mail address"),
        [InputRequired(_l("Enter your e-mail address.")), Length(max=254)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password (optional)"),
        [Length(max=200)],
        description=_l("Leave this empty to receive a sign-in link by e-mail."),
        render_kw={"autocomplete": "current-password"},
    )


class AccountForm(BaseForm):
    """What the holder of an account may change."""

    name = StringField(
        _l("Name"),
        [InputRequired(_l("Enter your name.")), Length(max=200)],
        render_kw={"autocomplete": "name"},
    )
    password = PasswordField(
        _l("New password (optional)"),
        [Length(max=200)],
        description=_l("At least 12 characters. Leave this empty to keep the one you have."),
        render_kw={"autocomplete": "new-password"},
    )
