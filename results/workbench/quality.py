"""How far a codebook can be trusted, for the files that leave the workbench."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from analysis.breakdown import UNKNOWN
from consultation.people.classifications import SECTORS, groups
from consultation.process.models import Consultation
from core.i18n import _, current_language
from results import theme_tables
from results.workbench import agreement, queries, report
from results.workbench.by_person import ByPerson
from results.workbench.files import QUALITY
from results.workbench.labels import Labels
from results.workbench.models import Codebook
from results.workbench.signoff import agreement_of
from results.workbench.working import Working


@dataclass(frozen=True, slots=True)
class Quality:
    """Agreement by theme, how many answers were drawn and coded, the last version."""

    agreement: list[dict[str, Any]]
    #: As many as were drawn: whole people bring a few more or less than were asked for.
    sample: int
    sample_coded: int
    #: None before anything was signed off.
    signed_version: int | None

    def document(self) -> dict[str, Any]:
        return {
            "agreement": self.agreement,
            "sample": self.sample,
            "sample_coded": self.sample_coded,
            "signed_version": self.signed_version,
        }

    def cells(self, code: str) -> dict[str, str]:
        """The cells of one row; an area is not coded and has none."""
        found = next((row for row in self.agreement if row["code"] == code), None)
        if found is None:
            return dict.fromkeys(QUALITY, "")
        values = (
            *(found["kappa"], found["alpha"], found["n"], found["not_blind"]),
            *(self.sample_coded, self.signed_version),
        )
        return {
            name: "" if value is None else str(value)
            for name, value in zip(QUALITY, values, strict=True)
        }


def quality_of(session: Session, codebook: Codebook, labels: Labels) -> Quality:
    """As it stands now, as far as `labels` shows it."""
    versions = queries.versions(session, codebook)
    return Quality(
        agreement=agreement_of(labels),
        sample=len(labels.audit),
        sample_coded=sum(bool(labels.standing(key)) for key in labels.audit),
        signed_version=versions[0].number if versions else None,
    )


def share_lines(
    found: Working, labels: Labels, quality: Quality, consultation: Consultation
) -> list[theme_tables.Row]:
    """The working shares as the long table that a run's are written in."""
    document = {
        "version": "draft"
        if quality.signed_version is None
        else f"draft after {quality.signed_version}",
        "agreement": quality.agreement,
        "unit": "people" if found.givers.is_one_each else "answers",
        "people": {"n": found.givers.n_people},
        "groups": _groups(consultation),
        "rows": [
            {
                "key": theme.code,
                "label": theme.name,
                **report.theme_figures(found.shares, place),
                **_of_people(found.people, place),
            }
            for place, theme in enumerate(labels.themes)
        ],
    }
    return theme_tables.lines(document, current_language(), consultation.default_language)


def _groups(consultation: Consultation) -> dict[str, list[dict[str, Any]]]:
    """What regions and sectors are called."""
    unknown = {"key": UNKNOWN, "label": {current_language(): _("Unknown")}}
    named = {"region": groups(consultation.region_classification), "sector": SECTORS}
    return {
        kind: [*({"key": one.code, "label": dict(one.names)} for one in entries), unknown]
        for kind, entries in named.items()
    }


def _of_people(people: ByPerson, place: int) -> dict[str, Any]:
    shares = people.shares
    return {} if shares is None else {"people": report.theme_figures(shares, place)}


def by_code(labels: Labels) -> dict[str, agreement.ThemeAgreement]:
    """The agreement of each theme, by its code."""
    return {row.theme.code: row for row in agreement.by_theme(labels)}
