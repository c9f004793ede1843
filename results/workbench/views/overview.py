"""The way through the workbench, and how far it has been walked."""

from werkzeug.wrappers import Response

from core.auth.permissions import Permission, may, requires, signed_in_account
from core.db import session
from core.forms import BaseForm
from results import runs
from results.workbench import asking, machine, population, queries, readings
from results.workbench.views.codebook import begin_page
from results.workbench.views.coders import labels_for
from results.workbench.views.desk import Desk, bp, found, page


@bp.get("/")
@requires(Permission.CODE_TEXTS)
def index(slug: str) -> Response:
    consultation, codebook = found(slug)
    if codebook is None:
        return begin_page(consultation)
    desk = Desk(consultation, codebook, signed_in_account())
    rows = queries.themes(session(), codebook)
    is_curator = may(Permission.CURATE_THEMES, slug)
    labels = labels_for(desk) if is_curator else None
    return page(
        "index",
        desk,
        coded=queries.coded_themes(rows),
        versions=queries.versions(session(), codebook),
        is_curator=is_curator,
        labels=labels,
        coding=machine.about(session(), codebook),
        job=asking.waiting(session(), slug),
        sample=readings.sample_of(session(), codebook),
        places=queries.places(session(), codebook),
        done={place: readings.progress(session(), codebook, place) for place in (1, 2)},
        n_answers=len(population.answers(session(), codebook)),
        run=runs.latest(session(), consultation),
        form=BaseForm(),
    )
