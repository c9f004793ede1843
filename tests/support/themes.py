"""A run with the figures of signed-off themes, as a machine that knows something would code them."""

from dataclasses import replace

import numpy as np
from sqlmodel import Session, select

from consultation.contributions.models import Contribution
from consultation.process.models import Consultation
from results import runs, snapshots
from results.computing import themes as computing
from results.computing.inputs import Inputs, Result, SignedOff
from results.models import AnalysisRun, Audience, Snapshot
from results.workbench import coding, files
from results.workbench.coded import AUDIT
from results.workbench.models import Codebook, ThemeMember
from results.workbench.queries import themes
from tests.support.make import NOW
from tests.support.workbench import VOICES

TARGETS = {"sector": {"academia": 0.6, "civil_society": 0.2, "industry": 0.2}}


def raised(text: str) -> list[float]:
    """What people would code: the themes of which a word stands in the text."""
    return [float(any(word in text.lower() for word in words)) for words in VOICES.values()]


def theme_inputs(
    session: Session, place: Consultation, book: Codebook, audit: int, targets: object = None
) -> Inputs:
    """What a run reads: the frozen answers, and what people said of a random sample of them."""
    frozen = snapshots.freeze(session, place, snapshots.default_scope(session, place))
    texts = {
        row.id: row.text
        for row in session.exec(
            select(Contribution).where(Contribution.consultation_id == place.id)
        )
    }
    keys = frozen.contributions["id"].to_list()
    drawn = np.random.default_rng(5).permutation(len(keys))[:audit]
    hashes = dict(frozen.contributions.select("id", "text_hash").iter_rows())
    labels: dict[str, object] = {AUDIT: sorted(keys[row] for row in drawn)}
    for row in drawn:
        said = dict(zip(VOICES, raised(texts[keys[row]]), strict=True))
        labels[keys[row]] = {
            "hash": hashes[keys[row]],
            "yes": [code for code, value in said.items() if value],
            "no": [code for code, value in said.items() if not value],
        }
    agreed = [{"code": code, "n": audit, "kappa": 0.71, "alpha": 0.7215} for code in VOICES]
    document = {
        **files.document_of(files.entries_of(themes(session, book))),
        "questions": [],
        "agreement": agreed,
        "sample": {"unit": "answer"},
    }
    return Inputs(
        frozen=frozen,
        documents={},
        texts=texts,
        region_classification=place.region_classification,
        targets=TARGETS if targets is None else targets,
        small=30,
        signed_off=SignedOff(3, document, labels, "f" * 64),
    )


def theme_figures(inputs: Inputs) -> Result:
    """The figures of the themes, with a machine that is right nine times in ten."""
    signed = inputs.signed_off
    entries = [row for row in signed.document["themes"] if row.get("kind") == "theme"]
    rows = computing._rows(inputs, signed)
    truth = np.array([raised(row["text"]) for row in rows])
    wrong = np.random.default_rng(6).random(truth.shape) < 0.1
    probability = np.abs(np.where(wrong, 1 - truth, truth) - 0.08)
    result = Result()
    labels = computing._labels(rows, entries, signed)
    predictions = coding.Predictions(probability, np.full(truth.shape[1], 0.5))
    computing.add_figures(
        result, inputs, computing.Coded(signed, rows, entries, labels, predictions)
    )
    return result


def add_themes(session: Session, place: Consultation, book: Codebook, run: AnalysisRun) -> None:
    """Give a run that found topics the figures of themes too."""
    result = theme_figures(theme_inputs(session, place, book, 60))
    runs.add_tables(session, run, Audience.COMMITTEE, {"themes": result.documents["themes"]})
    session.add_all(
        ThemeMember(
            run_id=run.id, contribution_id=key, code=code, is_human=human, probability=probability
        )
        for code, key, human, probability in result.theme_members
    )
    session.flush()


def make_theme_run(
    session: Session,
    place: Consultation,
    book: Codebook,
    *,
    audit: int = 60,
    people: dict[str, int] | None = None,
) -> AnalysisRun:
    """Save a run with the table of themes, and which answers raise them."""
    inputs = replace(theme_inputs(session, place, book, audit), people=people or {})
    result = theme_figures(inputs)
    scope = snapshots.default_scope(session, place)
    snapshot = Snapshot(
        consultation_id=place.id,
        scope={"rounds": list(scope.rounds), "channels": []},
        fingerprint="x",
        content_hash="x",
        n_submissions=0,
        n_contributions=inputs.frozen.contributions.height,
        frozen_at=NOW,
    )
    session.add(snapshot)
    session.flush()
    computed = runs.Computed(
        committee=result.documents,
        members=[],
        parameters={},
        seed=1,
        seconds=1.0,
        theme_members=result.theme_members,
    )
    return runs.save(session, place, snapshot, scope, computed, NOW)
