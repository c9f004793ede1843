"""Changes of a questionnaire in words."""

from core.i18n import _
from surveys.editing.models import ChangeKind
from surveys.editing.queries import Past


def in_words(change: Past) -> str:
    """What a change was about."""
    place = change.place
    words = {
        ChangeKind.SETTINGS: _("Title, languages or appearance"),
        ChangeKind.ADD_SECTION: _("Page added: %(place)s", place=place),
        ChangeKind.EDIT_SECTION: _("Page changed: %(place)s", place=place),
        ChangeKind.ARRANGE_SECTION: _("Page moved or copied: %(place)s", place=place),
        ChangeKind.DELETE_SECTION: _("Page deleted: %(place)s", place=place),
        ChangeKind.ADD_QUESTION: _("Question added: %(place)s", place=place),
        ChangeKind.EDIT_QUESTION: _("Question changed: %(place)s", place=place),
        ChangeKind.ARRANGE_QUESTION: _("Question moved or copied: %(place)s", place=place),
        ChangeKind.RENAME_QUESTION: _("Code of a question changed: %(place)s", place=place),
        ChangeKind.DELETE_QUESTION: _("Question deleted: %(place)s", place=place),
        ChangeKind.TRANSLATE: _("Translation: %(place)s", place=place),
        ChangeKind.QUOTAS: _("Quotas: %(place)s", place=place),
        ChangeKind.REPLACE: _("Replaced by a file"),
        ChangeKind.RESTORE: _("An earlier state brought back"),
    }
    return words[change.kind]
