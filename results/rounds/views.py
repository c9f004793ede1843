"""/manage/consultations/<slug>/rounds: what the rounds brought, whether to go on, the next one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from consultation.contributions.models import Contribution, Translation
from consultation.contributions.queries import translations_of
from consultation.people.classifications import SECTORS, groups
from consultation.process.models import Consultation, Round, RoundState
from consultation.process.navigation import enter
from consultation.process.queries import by_slug, rounds
from consultation.targets.queries import registration, stopping_rule
from core import audit
from core.auth.permissions import Permission, requires, signed_in_account
from core.db import session, transaction
from core.errors import Conflict, Invalid
from core.forms import BaseForm
from core.i18n import _, current_language, text_in
from core.web import render
from results import runs
from results.computing.inputs import group_texts
from results.models import Audience
from results.rounds import queries, services, sources, transitions
from results.rounds.drafted import drafted
from results.rounds.forms import (
    ADDITIONS,
    MERGE_GROUPS,
    PlanForm,
    additions,
    decided_data,
    decisions,
    new_data,
    next_form,
    references_in,
)
from results.rounds.items import LISTS, Addition, Item, items_of
from results.rounds.labels import FATES
from results.rounds.lineage import tree_of
from results.rounds.models import Fate, RoundOutcome, RoundTransition, Transition
from surveys.documents import QuestionnaireDocument, read_document

bp = Blueprint("rounds", __name__, url_prefix="/manage/consultations/<slug>/rounds")


@dataclass(frozen=True, slots=True)
class Shown:
    """A round as the page shows it."""

    row: Round
    outcome: RoundOutcome | None
    lineage: list[queries.Lineage]
    planned: list[RoundTransition]
    plan: PlanForm


def _plan_form(row: Round, planned: list[RoundTransition]) -> PlanForm:
    reminders = [step.due_at for step in planned if step.transition is Transition.REMIND]
    usual = transitions.usual_reminder(row.opens_at, row.closes_at)
    at = [*reminders, None, None] if planned else [usual, None]
    data = {
        "opens_at": row.opens_at,
        "closes_at": row.closes_at,
        "invites": any(step.transition is Transition.INVITE for step in planned),
        "reminder": at[0],
        "second_reminder": at[1],
    }
    return PlanForm(formdata=None, data=data, prefix=f"round{row.number}-")


def _page(
    consultation: Consultation, wrong: tuple[int, PlanForm] | None = None, status: int = 200
) -> Response:
    found = queries.outcomes(session(), consultation)
    tree = tree_of(session(), consultation.id or 0)
    shown = []
    for row in rounds(session(), consultation):
        planned = queries.transitions(session(), row)
        plan = wrong[1] if wrong and wrong[0] == row.number else _plan_form(row, planned)
        steps = queries.lineage(session(), tree, row)
        shown.append(Shown(row, found.get(row.number), steps, planned, plan))
    return render(
        "rounds/index.html",
        status=status,
        consultation=consultation,
        rounds=shown,
        registration=registration(session(), consultation),
        rule=stopping_rule(session(), consultation),
        names={
            "region": group_texts(groups(consultation.region_classification)),
            "sector": group_texts(SECTORS),
        },
        fates=FATES,
        translated=_translated(
            text for one in shown for step in one.lineage for _s, text, _p in step.written.quotable
        ),
        form=BaseForm(formdata=None),
    )


def _translated(texts: Iterable[Contribution]) -> dict[str, Translation]:
    """What there is of answers in the reader's language."""
    return translations_of(session(), {text.id for text in texts}, current_language())


@bp.get("/")
@requires(Permission.VIEW_DASHBOARD)
def index(slug: str) -> Response:
    consultation = by_slug(session(), slug)
    enter(consultation)
    return _page(consultation)


@bp.post("/<int:number>/plan")
@requires(Permission.MANAGE_SURVEY)
def plan(slug: str, number: int) -> Response:
    """Say when the round opens, reminds and closes; the clock does the rest."""
    consultation = by_slug(session(), slug)
    enter(consultation)
    form = PlanForm(prefix=f"round{number}-")
    if form.validate():
        try:
            with transaction() as current:
                row = queries.round_by_number(current, consultation, number)
                wanted = transitions.Schedule(
                    *form.moments(), invites=form.invites.data, reminders=form.reminders()
                )
                transitions.plan(current, row, wanted, datetime.now(UTC))
                _record("plan_round", f"{slug}/rounds/{number}")
        except Invalid as error:
            field = "reminder" if error.field == "reminders" else error.field
            form.refuse(Invalid(error.message, field=field))
        else:
            flash(_("Planned. It happens by itself, also after a restart."), "success")
            return redirect(url_for("rounds.index", slug=slug) + f"#round-{number}", 303)
    return _page(consultation, (number, form), 422)


@bp.post("/<int:number>/unplan")
@requires(Permission.MANAGE_SURVEY)
def unplan(slug: str, number: int) -> Response:
    with transaction() as current:
        row = queries.round_by_number(current, by_slug(current, slug), number)
        transitions.clear(current, row)
        _record("unplan_round", f"{slug}/rounds/{number}")
    return redirect(url_for("rounds.index", slug=slug) + f"#round-{number}", 303)


@bp.post("/<int:number>/freeze")
@requires(Permission.MANAGE_SURVEY)
def freeze(slug: str, number: int) -> Response:
    """Work out now what came of a closed round."""
    with transaction() as current:
        consultation = by_slug(current, slug)
        row = queries.round_by_number(current, consultation, number)
        services.freeze_outcome(current, consultation, row, datetime.now(UTC))
        _record("freeze_outcome", f"{slug}/rounds/{number}")
    return redirect(url_for("rounds.index", slug=slug) + f"#round-{number}", 303)


@dataclass(frozen=True, slots=True)
class Basis:
    """The closed round that the next one is made from."""

    consultation: Consultation
    row: Round
    document: QuestionnaireDocument
    items: list[Item]

    @property
    def languages(self) -> list[str]:
        return list(self.document.languages)

    def lists(self) -> dict[str, str]:
        """The questions that a new item can be added to."""
        language = current_language()
        return {
            question.code: question.text(language, self.document.default_language)[:80]
            for question in self.document.questions()
            if question.kind in LISTS
        }

    def form(self, current: Session, chosen: Iterable[str]) -> type[BaseForm]:
        """The form, with the topics and themes on offer and those chosen already."""
        language, default = current_language(), self.consultation.default_language
        groups = {
            offer.value: text_in(offer.label, language, default)[:80]
            for offer in sources.offers(current, self.consultation, chosen)
        }
        return next_form(self.items, self.lists(), self.languages, groups)


def _basis(current: Session, slug: str, number: int) -> Basis:
    consultation = by_slug(current, slug)
    enter(consultation)
    row = queries.round_by_number(current, consultation, number)
    raw = queries.raw_document(current, row)
    if raw is None or row.state is not RoundState.CLOSED:
        raise Conflict(_("Close this round first. The next one is made from what it brought."))
    document = read_document(raw)
    return Basis(consultation, row, document, items_of(document))


@bp.get("/propose")
@requires(Permission.MANAGE_SURVEY)
def propose(slug: str) -> Response:
    """Lead on to the page that makes the next round, with a topic or an answer as a new item."""
    consultation = by_slug(session(), slug)
    closed = [row for row in rounds(session(), consultation) if row.state is RoundState.CLOSED]
    if not closed:
        raise Conflict(_("Close a round first. New items go into the round after it."))
    wanted = request.args.get("source", "")[:100]
    number = closed[-1].number
    return redirect(
        url_for("rounds.new", slug=slug, number=number, source=wanted, _anchor="new"), 303
    )


@bp.get("/<int:number>/next")
@requires(Permission.MANAGE_SURVEY)
def new(slug: str, number: int) -> Response:
    """Decide item by item what the next round asks; a draft starts from what was decided."""
    basis = _basis(session(), slug, number)
    first = request.args.get("first", "")
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=7)
    data: dict[str, Any] = {"opens_at": start, "closes_at": start + timedelta(days=21)}
    known = drafted(session(), basis.row, MERGE_GROUPS)
    additions_so_far = list(known.additions) if known else []
    if known:
        data |= {f"title_{code}": text for code, text in known.title.items()}
        data |= {"opens_at": known.opens_at, "closes_at": known.closes_at}
        data |= decided_data(known.decisions, basis.items, known.additions)
    if request.args.get("source"):
        new_item = _proposed(basis, request.args["source"][:100])
        data |= _placed(additions_so_far, new_item)
    data |= _dropped_by_rule(basis, int(first)) if first.isdigit() and len(first) < 4 else {}
    chosen = [one for addition in additions_so_far for one in addition.references]
    form = basis.form(session(), chosen)(formdata=None, data=data)
    return _next_page(basis, form, first, is_drafted=known is not None)


def _proposed(basis: Basis, reference: str) -> Addition:
    """A new item from a topic, a theme or an answer; a topic lends its name."""
    source = sources.resolve(session(), basis.consultation, reference)
    lists = basis.lists()
    if not lists:
        raise Conflict(_("No question of this round asks about a list, so nothing can be added."))
    label = {code: text for code, text in source.label.items() if code in basis.languages}
    return Addition(next(iter(lists)), label, "", (reference,))


def _placed(so_far: list[Addition], wanted: Addition) -> dict[str, Any]:
    """The new item at the first free place; what is there already is not added twice."""
    if any(set(wanted.references) & set(one.references) for one in so_far):
        return {}
    if len(so_far) >= ADDITIONS:
        raise Conflict(
            _("There are %(most)s new items already. Make the round, then go on.", most=ADDITIONS)
        )
    so_far.append(wanted)
    return new_data(len(so_far) - 1, wanted)


def _dropped_by_rule(basis: Basis, first: int) -> dict[str, str]:
    """Proposals: what cannot be among the first so many is dropped, with the reason."""
    ranks = _best_ranks(session(), basis.consultation, basis.row.number)
    found = {}
    for place, item in enumerate(basis.items):
        if ranks.get(item.key, 0) > first:
            found[f"fate_{place}"] = Fate.DROPPED.value
            found[f"reason_{place}"] = _(
                "Its best plausible rank is %(best)s; the rule keeps what may be among the first "
                "%(first)s.",
                best=ranks[item.key],
                first=first,
            )
    return found


@bp.post("/<int:number>/next")
@requires(Permission.MANAGE_SURVEY)
def make(slug: str, number: int) -> Response:
    basis = _basis(session(), slug, number)
    chosen = [request.form.get(f"group_{number}", "") for number in range(ADDITIONS)]
    form = basis.form(session(), chosen)()
    if form.validate():
        try:
            with transaction() as current:
                now = datetime.now(UTC)
                wanted = _wanted(basis, form)
                made = services.make_next(current, basis.consultation, basis.row, wanted, now)
                _record("make_round", f"{slug}/rounds/{made.number}")
        except (Invalid, Conflict) as error:
            field = getattr(error, "field", None)
            form.refuse(Invalid(error.message, field=field if field in form else None))
        else:
            flash(_("The round was made. Look at what it asks, then plan or open it."), "success")
            return redirect(url_for("rounds.index", slug=slug) + f"#round-{number + 1}", 303)
    return _next_page(basis, form, "", 422)


def _wanted(basis: Basis, form: BaseForm) -> services.NextRound:
    return services.NextRound(
        decisions=decisions(form, basis.items, basis.languages),
        additions=additions(form, basis.languages),
        title={code: form[f"title_{code}"].data or "" for code in basis.languages},
        opens_at=form["opens_at"].data.replace(tzinfo=UTC),
        closes_at=form["closes_at"].data.replace(tzinfo=UTC),
        decided_by=signed_in_account().public_id,
    )


def _next_page(
    basis: Basis, form: BaseForm, first: str, status: int = 200, *, is_drafted: bool = False
) -> Response:
    said = _said(basis, form)
    return render(
        "rounds/next.html",
        status=status,
        consultation=basis.consultation,
        basis=basis,
        form=form,
        ranks=_best_ranks(session(), basis.consultation, basis.row.number),
        first=first,
        is_drafted=is_drafted,
        places=range(ADDITIONS),
        said=said,
        translated=_translated(text for own in said.values() for text in own),
    )


def _said(basis: Basis, form: BaseForm) -> dict[int, list[Contribution]]:
    """The answers that each new item names, to word it by."""
    found: dict[int, list[Contribution]] = {}
    for number in range(ADDITIONS if "list_0" in form else 0):
        texts = [
            sources.find_answer(session(), basis.consultation, reference)
            for reference in references_in(form, number)
        ]
        found[number] = [text for text in texts if text is not None]
    return found


def _best_ranks(current: Session, consultation: Consultation, number: int) -> dict[str, int]:
    """The best plausible rank of each item, from the last run; empty where there is none."""
    run = runs.latest(current, consultation)
    if run is None:
        return {}
    found: dict[str, int] = {}
    for name, document in runs.tables(current, run, Audience.COMMITTEE).items():
        parts = name.split("/")
        if parts[0] == "ranking" and parts[1] == str(number) and not document.get("too_few"):
            for line in document["rows"]:
                found[f"{parts[2]}.{line['key']}"] = line["best_rank"]
                found.setdefault(line["key"], line["best_rank"])
    return found


def _record(action: str, target: str) -> None:
    audit.record(
        session(),
        actor=signed_in_account().public_id,
        action=action,
        target=target,
        now=datetime.now(UTC),
    )
