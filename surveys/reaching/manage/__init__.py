"""/manage/consultations/<slug>/surveys/rounds/<n>/reach: waves, bounces, paper, keying in and tables."""

from surveys.reaching.manage import paper, people, tables, waves
from surveys.reaching.manage.place import bp

__all__ = ["bp", "paper", "people", "tables", "waves"]
