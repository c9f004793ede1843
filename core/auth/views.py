"""/sign-in, /sign-out, /account and /language."""

import re
from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, request, url_for
from flask import session as cookie
from sqlmodel import Session
from werkzeug.wrappers import Response

from core import audit, mail
from core.auth import services
from core.auth.forms import AccountForm, SignInForm
from core.auth.models import Account
from core.auth.permissions import PUBLIC, SIGNED_IN, requires, signed_in_account
from core.db import session, transaction
from core.errors import Invalid, NotFound
from core.forms import BaseForm
from core.i18n import _, keep_language
from core.security import current_settings, safe_target
from core.web import limiter, render

bp = Blueprint("auth", __name__)

HOME = "/"
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}\Z")
WORKSPACE = "/manage/"


@bp.before_app_request
def load_account() -> None:
    """Read who is signed in; pages of respondents and static files do not ask."""
    token = cookie.get("account")
    if token and request.endpoint != "static":
        g.account = services.account_of_session(session(), token, datetime.now(UTC))


@bp.get("/sign-in")
@requires(PUBLIC)
def sign_in() -> Response:
    return render("auth/sign_in.html", form=SignInForm(), next=request.args.get("next", ""))


@bp.post("/sign-in")
@limiter.limit("10 per minute; 60 per hour")
@requires(PUBLIC)
def start_session() -> Response:
    form = SignInForm()
    target = safe_target(request.args.get("next"), WORKSPACE)
    if not form.validate():
        return render("auth/sign_in.html", form=form, next=target, status=422)
    now = datetime.now(UTC)
    with transaction() as current:
        if not form.password.data:
            _send_link(form.email.data, now)
            return redirect(url_for("auth.link_sent"), 303)
        account = services.check_password(current, form.email.data, form.password.data)
        if account is not None:
            _enter(account, now)
            return redirect(target, 303)
    form.refuse(Invalid(_("The e-mail address and the password do not belong together.")))
    return render("auth/sign_in.html", form=form, next=target, status=422)


def _send_link(email: str, now: datetime) -> None:
    """Queue a link when there is such an account; the page says the same either way."""
    account = services.find_account(session(), email)
    if account is None or not services.may_ask_for_link(session(), account, now):
        return
    token = services.make_link(session(), account, now)
    mail.queue_template(
        session(),
        to=account.email,
        name="sign_in_link",
        context={
            "url": current_settings().base_url + url_for("auth.confirm_link", token=token),
            "minutes": int(services.LINK_LIFETIME.total_seconds() // 60),
        },
        language=account.language,
        now=now,
    )


def _enter(account: Account, now: datetime) -> None:
    """Start afresh: nothing of an earlier session in this browser lives on."""
    cookie.clear()
    cookie["account"] = services.open_account_session(session(), account, now)
    audit.record(
        session(), actor=account.public_id, action="sign_in", target="installation", now=now
    )


@bp.get("/sign-in/link-sent")
@requires(PUBLIC)
def link_sent() -> Response:
    return render("auth/link_sent.html")


@bp.get("/sign-in/link/<token>")
@requires(PUBLIC)
def confirm_link(token: str) -> Response:
    """Ask for one more click: mail scanners follow links, and a GET must use nothing up."""
    return render("auth/confirm_link.html", form=BaseForm(), token=token)


@bp.post("/sign-in/link/<token>")
@limiter.limit("20 per minute")
@requires(PUBLIC)
def redeem_link(token: str) -> Response:
    now = datetime.now(UTC)
    with transaction() as current:
        account = services.redeem_link(current, token, now)
        if account is None:
            raise NotFound(_("This sign-in link was used or is too old. Ask for a new one."))
        _enter(account, now)
    return redirect(WORKSPACE, 303)


@bp.post("/sign-out")
@requires(SIGNED_IN)
def sign_out() -> Response:
    with transaction() as current:
        services.close_account_session(current, cookie["account"])
    cookie.clear()
    return redirect(HOME, 303)


@bp.get("/account")
@requires(SIGNED_IN)
def account() -> Response:
    return render("auth/account.html", form=AccountForm(obj=signed_in_account()))


@bp.post("/account")
@limiter.limit("10 per minute")
@requires(SIGNED_IN)
def save_account() -> Response:
    form = AccountForm()
    if form.validate():
        try:
            with transaction() as current:
                found = current.merge(signed_in_account())
                found.name = form.name.data
                if form.password.data:
                    _change_password(current, found, form.password.data)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("Your account was saved."), "success")
            return redirect(url_for("auth.account"), 303)
    return render("auth/account.html", form=form, status=422)


def _change_password(current: Session, account: Account, password: str) -> None:
    """Only this browser stays signed in, under a new session."""
    now = datetime.now(UTC)
    services.set_password(account, password)
    services.close_account_sessions(current, account)
    cookie["account"] = services.open_account_session(current, account, now)
    audit.record(
        current, actor=account.public_id, action="set_password", target="own_account", now=now
    )


@bp.post("/language")
@requires(PUBLIC)
def set_language() -> Response:
    """Keep the reader's language in a cookie and go back to the page."""
    response = redirect(safe_target(request.form.get("next"), HOME), 303)
    wanted = request.form.get("language", "")
    # A questionnaire may speak a language that the house itself does not.
    keep_language(response, wanted, [wanted] if LANGUAGE_TAG.match(wanted) else ())
    return response
