"""The question types. Adding one is a file, a template and a line in this tuple."""

from surveys.questions.address import Email, Url
from surveys.questions.base import QuestionType
from surveys.questions.best_worst import BestWorst
from surveys.questions.consent import Consent
from surveys.questions.date import Date
from surveys.questions.file import File
from surveys.questions.listed import Country, Region, Sector
from surveys.questions.matrix import Matrix
from surveys.questions.multiple_choice import MultipleChoice
from surveys.questions.number import Number
from surveys.questions.numeric_scale import NumericScale
from surveys.questions.pairwise import Pairwise
from surveys.questions.points import Points
from surveys.questions.ranking import Ranking
from surveys.questions.rating_scale import RatingScale
from surveys.questions.silent import Calculated, Note
from surveys.questions.single_choice import SingleChoice
from surveys.questions.text import LongText, ShortText

_TYPES: tuple[QuestionType, ...] = (
    SingleChoice(),
    MultipleChoice(),
    RatingScale(),
    NumericScale(),
    Matrix(),
    Ranking(),
    BestWorst(),
    Points(),
    Pairwise(),
    Number(),
    Date(),
    ShortText(),
    LongText(),
    Email(),
    Url(),
    File(),
    Country(),
    Region(),
    Sector(),
    Consent(),
    Note(),
    Calculated(),
)
REGISTRY: dict[str, QuestionType] = {kind.kind: kind for kind in _TYPES}
