"""What became of items, in words."""

from core.i18n import _l
from results.rounds.models import Fate

FATES = {
    Fate.KEPT: _l("kept"),
    Fate.DROPPED: _l("dropped"),
    Fate.MERGED: _l("merged"),
    Fate.REWORDED: _l("reworded"),
    Fate.ADDED: _l("added"),
}
