"""The page of tokens in a real browser; the visitor judges every page it opens."""

from datetime import UTC, datetime

import pytest

from core.auth.permissions import Role
from core.auth.services import make_link
from core.db import get_database
from tests.support.make import make_account, make_consultation

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "phone"), [("ar", True), ("en", False)])
def test_a_token_is_made_and_revoked_without_scripts(app, browser, language, phone):
    with app.app_context(), get_database(app).transaction() as session:
        place = make_consultation(session)
        account = make_account(session, consultation=place, roles=(Role.ORGANISER,))
        link = f"/sign-in/link/{make_link(session, account, datetime.now(UTC))}"
    visitor = browser(language=language, phone=phone, javascript=False)
    page = visitor.visit(link)
    press(visitor, "main button[type=submit]")
    visitor.visit("/account/tokens/")
    press(visitor, "main form[action$='/tokens/'] button[type=submit]")
    assert page.locator("#error-summary").is_visible()
    page.fill("input[name=name]", "استمارات ورقية")
    page.check("input[value='submissions:write']")
    press(visitor, "main form[action$='/tokens/'] button[type=submit]")
    assert page.locator("main code").inner_text().startswith("polylogue_")
    press(visitor, "main form[action$='/revoke'] button")
    assert page.locator("main code").count() == 0
    assert page.locator("main form[action$='/revoke']").count() == 0


def press(visitor, selector):
    """Press a button, wait for the page that follows, and check it."""
    with visitor.page.expect_navigation():
        visitor.page.locator(selector).first.click()
    visitor.check()
