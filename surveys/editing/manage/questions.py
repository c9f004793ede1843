"""One question: its words, what its type may be told, its conditions, its code, its options."""

from flask import flash, request
from werkzeug.wrappers import Response

from core.auth.permissions import Permission, requires
from core.errors import DomainError, Invalid, NotFound
from core.forms import BaseForm
from core.i18n import _
from surveys.documents import Question, QuestionnaireDocument
from surveys.editing import changes, filling, services
from surveys.editing.forms import EditorForm, code_field, question_form
from surveys.editing.manage.building import Builder, builder
from surveys.editing.manage.desk import (
    EDIT,
    Doing,
    bp,
    framing,
    go,
    language_of,
    opened,
    page,
    refuse,
    refused,
    save,
)
from surveys.editing.models import ChangeKind
from surveys.editing.queries import Draft
from surveys.editing.settings import Shown, settings_in
from surveys.questions import REGISTRY


def form_class(
    draft: Draft, question: Question, building: Builder, *, is_new: bool
) -> type[EditorForm]:
    """The form of a question of this type."""
    made = question_form(
        draft.document,
        REGISTRY[question.kind].settings,
        question.settings,
        building.offers,
        building.chosen,
    )
    if not is_new:
        return made
    return type("NewQuestionForm", (made,), {"code": code_field()})


# A new question ----------------------------------------------------------------------------------


def _wanted(draft: Draft) -> tuple[str, str]:
    """The page and the type that were asked for; the last page where none was named."""
    kind = request.args.get("kind", "")
    if kind and kind not in REGISTRY:
        raise NotFound(_("There is no such type of question."))
    sections = draft.document.sections
    if not sections:
        raise Invalid(_("Add a page first."))
    section = request.args.get("section", sections[-1].code)
    return changes.section_of(draft.document, section).code, kind


def _means_its_code(draft: Draft) -> bool:
    """Whether the address speaks of a question that an author called `new`."""
    is_plain = "section" not in request.args and "kind" not in request.args
    return is_plain and draft.document.question("new") is not None


@bp.get(EDIT + "/questions/new")
@requires(Permission.MANAGE_SURVEY)
def new_question(slug: str, version: int) -> Response:
    """Choose a type, then write the question."""
    draft = opened(slug, version)
    if _means_its_code(draft):
        return question(slug=slug, version=version, code="new")
    section, kind = _wanted(draft)
    if not kind:
        return page("kinds", draft, section=section)
    blank = filling.blank_question(kind)
    building = builder(draft.document, language_of(draft))
    data = filling.question_data(blank, draft.document.default_language)
    form = form_class(draft, blank, building, is_new=True)(formdata=None, data=data)
    return _show(draft, blank, form, building, new_in=section)


@bp.post(EDIT + "/questions/new")
@requires(Permission.MANAGE_SURVEY)
def create_question(slug: str, version: int) -> Response:
    draft = opened(slug, version)
    if _means_its_code(draft):
        return save_question(slug=slug, version=version, code="new")
    section, kind = _wanted(draft)
    if not kind:
        raise Invalid(_("Choose a type of question."))
    blank = filling.blank_question(kind)
    building = builder(draft.document, language_of(draft))
    form = form_class(draft, blank, building, is_new=True)()
    if request.form.get("go", "save") not in {"save", "another"}:
        return _show(draft, blank, form, building, building.write_into(form), new_in=section)
    made = _checked(draft, blank, form)
    done = _create(slug, draft, section, made, form) if made is not None else 422
    if not isinstance(done, int):
        return done
    return _show(opened(slug, version), blank, form, building, done, new_in=section)


def _create(
    slug: str, draft: Draft, section: str, made: Question, form: BaseForm
) -> Response | int:
    """Store a new question and go on, or put what was refused beside the form."""
    code = form["code"].data or changes.new_question_code(
        draft.document, form["label"].data or "", draft.asked
    )
    doing = Doing(slug, draft.id, ChangeKind.ADD_QUESTION, code)
    named = made.model_copy(update={"code": code})
    try:
        row = save(doing, lambda fresh: _added(fresh, section, named))
    except DomainError as error:
        return refuse(form, error)
    flash(_("The question was added."), "success")
    if request.form.get("go") == "another":
        return go("new_question", doing, row, section=section)
    return go("show", doing, row, _anchor=f"question-{code}")


def _added(draft: Draft, section: str, question: Question) -> QuestionnaireDocument:
    if question.code.lower() in {code.lower() for code in draft.document.by_code}:
        message = _("Another question has the code %(code)s.", code=question.code)
        raise Invalid(message, field="code")
    return changes.add_question(draft.document, section, question)


def _checked(draft: Draft, question: Question, form: BaseForm) -> Question | None:
    """The question as typed, or None with what is wrong beside each field."""
    is_valid = form.validate()
    done = filling.filled(draft.document, question, form)
    filling.attach(form, done.problems)
    asked = draft.asked.get(question.code)
    if asked is not None and not done.problems:
        language = draft.document.default_language
        changed = filling.recoded(asked, done.question, language)
        filling.attach(form, changed)
        is_valid = is_valid and not changed
    return done.question if is_valid and not done.problems else None


def _show(
    draft: Draft,
    question: Question,
    form: BaseForm,
    building: Builder,
    status: int = 200,
    *,
    new_in: str = "",
) -> Response:
    asked = draft.asked.get(question.code) if not new_in else None
    return framing(
        page(
            "question",
            draft,
            question=question,
            form=form,
            builder=building,
            in_words=building.in_words(form["relevant"].data or ""),
            new_in=new_in,
            asked=asked,
            mentions=[] if new_in else changes.mentions(draft.document, question.code),
            status=status,
            has_options=any(
                setting.shown is Shown.OPTIONS
                for setting in settings_in(REGISTRY[question.kind].settings)
            ),
        )
    )


# A question that is there ------------------------------------------------------------------------


@bp.get(EDIT + "/questions/<code>")
@requires(Permission.MANAGE_SURVEY)
def question(slug: str, version: int, code: str) -> Response:
    draft = opened(slug, version)
    found = _known(draft, code)
    building = builder(draft.document, language_of(draft), before=code)
    data = filling.question_data(found, draft.document.default_language)
    form = form_class(draft, found, building, is_new=False)(formdata=None, data=data)
    return _show(draft, found, form, building)


def _known(draft: Draft, code: str) -> Question:
    found = changes.question_of(draft.document, code)
    if found.kind not in REGISTRY:
        raise NotFound(_("There is no such type of question."))
    return found


@bp.post(EDIT + "/questions/<code>")
@requires(Permission.MANAGE_SURVEY)
def save_question(slug: str, version: int, code: str) -> Response:
    draft = opened(slug, version)
    found = _known(draft, code)
    building = builder(draft.document, language_of(draft), before=code)
    form = form_class(draft, found, building, is_new=False)()
    if request.form.get("go", "save") != "save":
        return _show(draft, found, form, building, building.write_into(form))
    made = _checked(draft, found, form)
    status = 422
    if made is not None:
        doing = Doing(slug, version, ChangeKind.EDIT_QUESTION, code)
        try:
            row = save(doing, lambda fresh: changes.replace_question(fresh.document, code, made))
        except DomainError as error:
            status = refuse(form, error)
        else:
            flash(_("Saved."), "success")
            return go("question", doing, row, code=code)
    return _show(opened(slug, version), found, form, building, status)


@bp.post(EDIT + "/questions/<code>/rename")
@requires(Permission.MANAGE_SURVEY)
def rename_question(slug: str, version: int, code: str) -> Response:
    """Another code; everything that speaks of the question follows."""
    doing = Doing(slug, version, ChangeKind.RENAME_QUESTION, code)
    new = request.form.get("code", "").strip()
    try:
        row = save(doing, lambda fresh: services.renamed(fresh, code, new))
    except DomainError as error:
        flash(refused(error), "error")
        return go("question", doing, code=code)
    flash(_("The code was changed, and everything that speaks of the question with it."), "success")
    return go("question", doing, row, code=new)
