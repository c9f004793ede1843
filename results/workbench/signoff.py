"""Sign-off: the codebook and what people said, frozen as a version that the next run reads."""

import json
from hashlib import sha256
from typing import Any

from sqlmodel import Session

from analysis.agreement.coders import Agreement
from core.errors import Conflict
from core.i18n import _
from results.workbench import agreement, files, readings
from results.workbench.coded import AUDIT
from results.workbench.edits import Actor
from results.workbench.labels import Labels, read_labels
from results.workbench.models import Codebook, CodebookVersion
from results.workbench.queries import themes, versions
from results.workbench.services import text_hashes

DIGITS = 6


def sign_off(session: Session, codebook: Codebook, actor: Actor) -> CodebookVersion:
    """Freeze a version. What was signed off before and has not changed is not signed again."""
    rows = themes(session, codebook)
    labels = read_labels(session, codebook, rows)
    if not labels.themes:
        raise Conflict(_("There is no theme in use. Add one before you sign off."))
    sample = readings.sample_of(session, codebook)
    document: dict[str, Any] = {
        **files.document_of(files.entries_of(rows)),
        "questions": codebook.questions,
        "agreement": agreement_of(labels),
        "left": len(labels.disagreements()),
        "sample": None
        if sample is None
        else {
            "seed": sample.seed,
            "unit": sample.unit.value,
            "size": sample.size,
            "n_population": sample.n_population,
        },
    }
    frozen = _labels(session, codebook, labels)
    digest = content_hash(document, frozen)
    before = versions(session, codebook)
    if before and before[0].content_hash == digest:
        raise Conflict(_("Nothing has changed since the last sign-off."))
    version = CodebookVersion(
        codebook_id=codebook.id or 0,
        number=before[0].number + 1 if before else 1,
        document=document,
        labels=frozen,
        content_hash=digest,
        signed_by=actor.by,
        signed_at=actor.now,
    )
    session.add(version)
    session.flush()
    return version


def content_hash(document: dict[str, Any], labels: dict[str, Any]) -> str:
    """The seal of a version over all that it says."""
    return sha256(json.dumps([document, labels], sort_keys=True).encode()).hexdigest()


def agreement_of(labels: Labels) -> list[dict[str, Any]]:
    """How far the coders agree on each theme, as a version keeps it."""
    return [
        {
            "code": row.theme.code,
            "n": row.n,
            "not_blind": row.not_blind,
            "kappa": _rounded(row.kappa),
            "alpha": _rounded(row.alpha),
        }
        for row in agreement.by_theme(labels)
    ]


def _rounded(found: Agreement | None) -> float | None:
    return None if found is None or found.value is None else round(found.value, DIGITS)


def _labels(session: Session, codebook: Codebook, labels: Labels) -> dict[str, Any]:
    codes = [theme.code for theme in labels.themes]
    keys = labels.answers()
    hashes = text_hashes(session, codebook, set(keys))
    found: dict[str, Any] = {}
    for key in keys:
        standing = labels.standing(key)
        if standing and key in hashes:
            found[key] = {
                "hash": hashes[key],
                "yes": [codes[theme] for theme, value in sorted(standing.items()) if value],
                "no": [codes[theme] for theme, value in sorted(standing.items()) if not value],
            }
    return {**found, AUDIT: sorted(labels.audit)}
