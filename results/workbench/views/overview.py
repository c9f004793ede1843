"""The way through the workbench, and how far it has been walked."""

from werkzeug.wrappers import Response

from core.auth.permissions import Permission, may, requires, signed_in_account
from core.db import session
from core.forms import BaseForm
from results.workbench import queries
from results.workbench.views.codebook import begin_page
from results.workbench.views.desk import Desk, bp, found, page


@bp.get("/")
@requires(Permission.CODE_TEXTS)
def index(slug: str) -> Response:
    consultation, codebook = found(slug)
    if codebook is None:
        return begin_page(consultation)
    desk = Desk(consultation, codebook, signed_in_account())
    rows = queries.themes(session(), codebook)
    return page(
        "index",
        desk,
        coded=queries.coded_themes(rows),
        versions=queries.versions(session(), codebook),
        is_curator=may(Permission.CURATE_THEMES, slug),
        form=BaseForm(),
    )
