"""From a frozen snapshot to the tables of a run: the same input gives the same figures."""

from results.computing.channels import add_channels
from results.computing.emergence import add_emergence
from results.computing.inputs import SEED, Inputs, Progress, Result, dimensions
from results.computing.languages import in_languages_read, read_in
from results.computing.opinions import add_opinions
from results.computing.rankings import add_ranking
from results.computing.summaries import Asked, add_measure, add_participation
from results.computing.text_quality import add_text_quality
from results.computing.themes import add_themes
from results.computing.topics import add_topics
from results.computing.weighted import add_weightings
from results.computing.weights import weightings
from results.measures import KINDS, measures, ranking_sources

__all__ = ["SEED", "Inputs", "Progress", "Result", "compute"]

#: Topics take most of the time of a run: so many questions' worth on the bar.
TOPIC_STEPS = 40
#: Coding with a codebook that was signed off takes less: most texts are encoded by then.
THEME_STEPS = 20


def compute(inputs: Inputs, progress: Progress) -> Result:
    """Compute every table; progress is told after each question."""
    inputs = in_languages_read(inputs)
    result = Result(languages=read_in(inputs))
    steps = sum(len(measures(document)) for document in inputs.documents.values()) + TOPIC_STEPS
    steps += 0 if inputs.signed_off is None else THEME_STEPS
    done = 0
    for number, document in inputs.documents.items():
        frame = inputs.frozen.answers[number]
        grouped = dimensions(frame, document, inputs)
        add_participation(result, number, frame, inputs)
        weighed = weightings(frame, inputs)
        add_weightings(result, number, weighed, inputs)
        for measure in measures(document):
            if measure.shape in KINDS:
                add_measure(result, number, Asked(frame, grouped, weighed), measure, inputs)
            done += 1
            progress(done, steps)
        for source in ranking_sources(frame, document):
            add_ranking(result, number, source, grouped, weighed, inputs)
        add_opinions(result, number, document, grouped, inputs)
    add_topics(
        result, inputs, lambda part, parts: progress(done + TOPIC_STEPS * part // parts, steps)
    )
    done += TOPIC_STEPS
    add_themes(
        result, inputs, lambda part, parts: progress(done + THEME_STEPS * part // parts, steps)
    )
    add_emergence(result, inputs)
    add_text_quality(result)
    add_channels(result, inputs)
    progress(steps, steps)
    return result
