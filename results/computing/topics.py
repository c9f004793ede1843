"""Topics of the free texts of all channels."""

from analysis.errors import TooFewAnswers
from analysis.text.encoders import encode, sentence_encoder
from analysis.text.topics import FEWEST_TEXTS, Background, FoundTopics, find_topics
from consultation.people.classifications import SECTORS, groups
from results import topic_tables
from results.computing.inputs import Inputs, Result, group_texts
from results.tables import DIGITS


def add_topics(result: Result, inputs: Inputs) -> None:
    frame = inputs.frozen.contributions
    ids = frame["id"].to_list()
    labels = {
        "region": group_texts(groups(inputs.region_classification)),
        "sector": group_texts(SECTORS),
        "channel": {name: {"en": name} for name in ("survey", "dialogue", "import", "comment")},
    }
    regions, sectors = frame["region"].to_list(), frame["sector"].to_list()
    texts = [inputs.texts.get(key, "") for key in ids]
    encoder = sentence_encoder()
    try:
        found = find_topics(
            texts,
            frame["language"].to_list(),
            seed=inputs.seed,
            background=Background(groups=regions, strata=list(zip(regions, sectors, strict=True))),
            sentences=None if encoder is None else encode(encoder, texts),
        )
    except TooFewAnswers as error:
        needed = FEWEST_TEXTS
        result.documents["topics"] = {"too_few": {"n": error.n, "needed": needed}, "rows": []}
        return
    attributes = {name: frame[name].to_list() for name in labels}
    result.documents["topics"] = topic_tables.topics(found, ids, attributes, labels)
    result.members = _members(found, ids)


def _members(found: FoundTopics, ids: list[str]) -> list[tuple[str, int, float]]:
    return [
        (key, topic, round(confidence, DIGITS))
        for key, topic, confidence in zip(
            ids, found.assignment.tolist(), found.confidence.tolist(), strict=True
        )
        if topic >= 0
    ]
