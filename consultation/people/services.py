"""Writes about people: roles and stakeholders."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from consultation.people.classifications import SECTOR_CODES, find_country
from consultation.people.models import Organisation, RoleGrant, Stakeholder
from consultation.process.models import Consultation
from core.auth.models import Account
from core.auth.permissions import Role
from core.auth.services import create_account, find_account
from core.errors import Conflict
from core.i18n import _

EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+\Z")
MOST_LINES = 20_000
LONGEST_NAME = 200
COLUMNS = ("email", "name", "sector", "country", "language", "organisation")


def grant(
    session: Session, consultation: Consultation, account: Account, role: Role, now: datetime
) -> None:
    """Give a role, once."""
    known = session.exec(
        select(RoleGrant.id).where(
            RoleGrant.consultation_id == consultation.id,
            RoleGrant.account_id == account.id,
            RoleGrant.role == role,
        )
    ).first()
    if known is None:
        session.add(
            RoleGrant(
                consultation_id=consultation.id or 0,
                account_id=account.id or 0,
                role=role,
                granted_at=now,
            )
        )
        session.flush()


def grant_by_email(
    session: Session,
    consultation: Consultation,
    *,
    email: str,
    name: str,
    role: Role,
    now: datetime,
) -> Account:
    """Give a role to an address; an account is made where there is none."""
    account = find_account(session, email) or create_account(
        session, email=email, name=name or email.partition("@")[0], now=now
    )
    grant(session, consultation, account, role, now)
    return account


def revoke(session: Session, consultation: Consultation, grant_id: int) -> RoleGrant:
    """Take a role back; the last organiser stays, so that nobody is locked out."""
    found = session.exec(
        select(RoleGrant).where(
            RoleGrant.id == grant_id, RoleGrant.consultation_id == consultation.id
        )
    ).one_or_none()
    if found is None:
        raise Conflict(_("This role was taken back already."))
    organisers = session.exec(
        select(RoleGrant.id).where(
            RoleGrant.consultation_id == consultation.id, RoleGrant.role == Role.ORGANISER
        )
    ).all()
    if found.role is Role.ORGANISER and len(organisers) == 1:
        raise Conflict(_("This is the last organiser. Name another one first."))
    session.delete(found)
    session.flush()
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list of stakeholders, and what is wrong with it, if anything."""

    number: int
    email: str
    name: str
    sector: str | None
    country: str | None
    language: str
    problem: str = ""
    organisation: str = ""


def read_lines(text: str, languages: list[str]) -> list[Line]:
    """Read a pasted table: e-mail, name, sector, country, language, organisation.

    Only the first is needed.
    """
    found: list[Line] = []
    seen: set[str] = set()
    separator = "\t" if "\t" in text else ";" if ";" in text else ","
    for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=separator), start=1):
        if number > MOST_LINES or not any(cell.strip() for cell in cells):
            continue
        if number == 1 and "@" not in "".join(cells):
            continue
        line = _read_line(number, [cell.strip() for cell in cells], languages, seen)
        seen.add(line.email)
        found.append(line)
    return found


def _read_line(number: int, cells: list[str], languages: list[str], seen: set[str]) -> Line:
    email, name, sector, country, language, organisation = (*cells, *[""] * len(COLUMNS))[
        : len(COLUMNS)
    ]
    email = email.lower()
    code = find_country(country) if country else None
    problem = ""
    if not EMAIL.match(email) or len(email) > 254:
        problem = _("This is not an e-mail address.")
    elif email in seen:
        problem = _("This address stands in the list twice.")
    elif sector and sector not in SECTOR_CODES:
        problem = _("Unknown sector. Use one of: %(codes)s.", codes=", ".join(SECTOR_CODES))
    elif country and code is None:
        problem = _("Unknown country. Use its two-letter code or its English name.")
    elif len(organisation) > LONGEST_NAME:
        problem = _("The name of the organisation is too long.")
    elif language and language not in languages:
        problem = _("Unknown language. Use one of: %(codes)s.", codes=", ".join(languages))
    return Line(
        number,
        email,
        name[:LONGEST_NAME],
        sector or None,
        code,
        language or languages[0],
        problem,
        " ".join(organisation.split()),
    )


def add_stakeholders(
    session: Session, consultation: Consultation, lines: list[Line], now: datetime
) -> int:
    """Add those who are new; who is known already stays as they are."""
    known = set(
        session.exec(
            select(Stakeholder.email).where(
                Stakeholder.consultation_id == consultation.id,
                col(Stakeholder.email).in_([line.email for line in lines]),
            )
        )
    )
    fresh = [line for line in lines if line.email not in known and not line.problem]
    organisations = _organisations(session, consultation, fresh)
    session.add_all(
        Stakeholder(
            consultation_id=consultation.id or 0,
            organisation_id=organisations.get(line.organisation.casefold()),
            email=line.email,
            name=line.name,
            sector=line.sector,
            country=line.country,
            language=line.language,
            created_at=now,
        )
        for line in fresh
    )
    session.flush()
    return len(fresh)


def _organisations(
    session: Session, consultation: Consultation, lines: list[Line]
) -> dict[str, int]:
    """The organisations named in a list by their names in one case; those that are new are added."""
    found = {
        row.name.casefold(): row.id or 0
        for row in session.exec(
            select(Organisation)
            .where(Organisation.consultation_id == consultation.id)
            .order_by(col(Organisation.id).desc())
        )
    }
    for line in lines:
        name = line.organisation
        if name and name.casefold() not in found:
            row = Organisation(
                consultation_id=consultation.id or 0,
                name=name,
                sector=line.sector,
                country=line.country,
            )
            session.add(row)
            session.flush()
            found[name.casefold()] = row.id or 0
    return found
