"""Topics of the free texts of all channels."""

from analysis.errors import TooFewAnswers
from analysis.text.topics import FEWEST_TEXTS, TopicModel, find_topics
from consultation.people.classifications import SECTORS, groups
from results import tables
from results.computing.inputs import Inputs, Result, group_texts


def add_topics(result: Result, inputs: Inputs) -> None:
    frame = inputs.frozen.contributions
    ids = frame["id"].to_list()
    labels = {
        "region": group_texts(groups(inputs.region_classification)),
        "sector": group_texts(SECTORS),
        "channel": {name: {"en": name} for name in ("survey", "dialogue", "import")},
    }
    try:
        model = find_topics(
            [inputs.texts.get(key, "") for key in ids],
            frame["language"].to_list(),
            seed=inputs.seed,
            groups=frame["region"].to_list(),
        )
    except TooFewAnswers as error:
        needed = FEWEST_TEXTS
        result.documents["topics"] = {"too_few": {"n": error.n, "needed": needed}, "rows": []}
        return
    attributes = {name: frame[name].to_list() for name in labels}
    result.documents["topics"] = tables.topics(model, ids, attributes, labels)
    result.members = _members(model, ids)


def _members(model: TopicModel, ids: list[str]) -> list[tuple[str, int, float]]:
    return [
        (key, topic, round(confidence, tables.DIGITS))
        for key, topic, confidence in zip(
            ids, model.assignment.tolist(), model.confidence.tolist(), strict=True
        )
        if topic >= 0
    ]
