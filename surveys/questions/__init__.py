"""The question types. Adding one is a file, a template and a line in this tuple."""

from surveys.questions.base import QuestionType
from surveys.questions.consent import Consent
from surveys.questions.listed import Country, Region, Sector
from surveys.questions.multiple_choice import MultipleChoice
from surveys.questions.ranking import Ranking
from surveys.questions.rating_scale import RatingScale
from surveys.questions.single_choice import SingleChoice
from surveys.questions.text import LongText, ShortText

_TYPES: tuple[QuestionType, ...] = (
    SingleChoice(),
    MultipleChoice(),
    RatingScale(),
    Ranking(),
    ShortText(),
    LongText(),
    Country(),
    Region(),
    Sector(),
    Consent(),
)
REGISTRY: dict[str, QuestionType] = {kind.kind: kind for kind in _TYPES}
