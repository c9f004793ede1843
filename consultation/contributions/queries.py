"""Reads of contributions that every room may need."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from consultation.contributions.models import Translation


def translations_of(
    session: Session, keys: Collection[str], language: str
) -> dict[str, Translation]:
    """The translations of several texts into one language, written or only asked for."""
    found = session.exec(
        select(Translation).where(
            col(Translation.contribution_id).in_(keys), Translation.language == language
        )
    )
    return {row.contribution_id: row for row in found}
