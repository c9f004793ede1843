"""/manage/consultations/<slug>/surveys/rounds/<n>/reach: waves, bounces, paper and keying in."""

from surveys.reaching.manage import paper, people, waves
from surveys.reaching.manage.place import bp

__all__ = ["bp", "paper", "people", "waves"]
