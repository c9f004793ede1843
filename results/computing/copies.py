"""Ballots that may be one voice: the first k without the copies of a text, without look-alikes.

They are left out to see what hangs on them and stay in every figure: a campaign is no fraud.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.choice.reversals import leave_one_out
from analysis.choice.tally import tally
from results.computing.ranked import Ranked
from results.measures import measures
from results.rankings import tables as documents
from results.snapshots import CAMPAIGN
from results.tables import Document, Texts
from surveys.documents import QuestionnaireDocument
from surveys.questions.base import Shape

#: Ballots of a campaign, or look-alikes, from which on they are left out to see.
SMALLEST = 10
#: Campaigns that are left out one by one, the largest first.
MOST = 5
#: With fewer closed answers than this, equal ones say nothing.
FEWEST_ANSWERS = 10
OPEN = frozenset({Shape.TEXT, Shape.FLAG})
CAMPAIGN_TEXTS: Texts = {
    "en": "Ballots that came with copies of one text",
    "fr": "Bulletins arrivés avec des copies d’un même texte",
    "ar": "أوراق وردت مع نسخ من نص واحد",
    "es": "Papeletas llegadas con copias de un mismo texto",
    "ru": "Бюллетени, пришедшие с копиями одного текста",
    "zh": "附有同一文本副本的选票",
}
CAMPAIGNS_TEXTS: Texts = {
    "en": "All ballots that came with copies of any text",
    "fr": "Tous les bulletins arrivés avec des copies d’un texte",
    "ar": "كل الأوراق التي وردت مع نسخ من أي نص",
    "es": "Todas las papeletas llegadas con copias de algún texto",
    "ru": "Все бюллетени, пришедшие с копиями какого-либо текста",
    "zh": "附有任何文本副本的全部选票",
}
LOOK_ALIKE_TEXTS: Texts = {
    "en": "Responses whose closed answers all repeat an earlier one’s",
    "fr": "Réponses dont toutes les réponses fermées répètent celles d’une autre",
    "ar": "ردود تكرر كل إجاباتها المغلقة إجابات رد سابق",
    "es": "Respuestas cuyas respuestas cerradas repiten todas las de otra",
    "ru": "Ответы, все закрытые пункты которых повторяют более ранний ответ",
    "zh": "全部封闭式答案与另一份相同的答卷",
}


def without_copies(
    ranked: Ranked, frame: pl.DataFrame, document: QuestionnaireDocument | None
) -> list[Document]:
    """What the first k would be without each campaign, without all of them, without look-alikes."""
    has = ranked.ballots.has_any()
    numbers = np.zeros(ranked.ballots.n, dtype=np.int64)
    if CAMPAIGN in frame.columns:
        numbers = frame[CAMPAIGN].fill_null(0).cast(pl.Int64).to_numpy()
    names, sizes = np.unique(numbers[has & (numbers > 0)], return_counts=True)
    names, sizes = names[sizes >= SMALLEST], sizes[sizes >= SMALLEST]
    large = names[np.lexsort((names, -sizes))]
    found: list[Document] = []
    for name in large[:MOST]:
        found += _without(ranked, numbers == name, "campaign", CAMPAIGN_TEXTS)
    if len(large) > 1:
        found += _without(ranked, np.isin(numbers, large), "campaigns", CAMPAIGNS_TEXTS)
    if document is not None:
        repeated = look_alikes(frame, document)
        if int((has & repeated).sum()) >= SMALLEST:
            found += _without(ranked, repeated, "look_alikes", LOOK_ALIKE_TEXTS)
    return found


def _without(ranked: Ranked, members: NDArray[np.bool_], name: str, texts: Texts) -> list[Document]:
    counted = tally(ranked.ballots, ranked.weights(), members.astype(np.int64), n_cells=2)
    left = leave_one_out(counted, [[1]], ranked.k, weighting=ranked.leading, keys=ranked.items)
    head: Document = {"key": name, "label": texts}
    return documents.guard(left, name, ranked.items, [head])


def look_alikes(frame: pl.DataFrame, document: QuestionnaireDocument) -> NDArray[np.bool_]:
    """Respondents all of whose closed answers, ten and more, are those of one who stands before."""
    codes = [one.code for one in measures(document) if one.shape not in OPEN]
    if len(codes) < FEWEST_ANSWERS or not frame.height:
        return np.zeros(frame.height, dtype=bool)
    answers = frame.select(codes)
    given = answers.select(pl.sum_horizontal(pl.all().is_not_null())).to_series().to_numpy()
    _values, first, inverse = np.unique(
        answers.hash_rows(seed=0).to_numpy(), return_index=True, return_inverse=True
    )
    is_first = first[inverse] == np.arange(frame.height)
    return np.asarray(~is_first & (given >= FEWEST_ANSWERS))
