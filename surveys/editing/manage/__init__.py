"""/manage/consultations/<slug>/surveys/<version>/edit: the editor, a module a part of it."""

from surveys.editing.manage import (
    choices,
    desk,
    exchange,
    library,
    outline,
    preview,
    questions,
    quotas,
    sections,
    translate,
)
from surveys.editing.manage.desk import bp

__all__ = [
    "bp",
    "choices",
    "desk",
    "exchange",
    "library",
    "outline",
    "preview",
    "questions",
    "quotas",
    "sections",
    "translate",
]
