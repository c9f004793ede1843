"""/manage/consultations/<slug>/agenda: the committee's work on the agenda, a module a part."""

from results.agenda.manage import items, programme, review, versions
from results.agenda.manage.desk import bp

__all__ = ["bp", "items", "programme", "review", "versions"]
