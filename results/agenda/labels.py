"""What states, origins, bodies and steps are called on the pages."""

from core.i18n import _l
from results.agenda.drafts.models import Refusal
from results.agenda.models import Body, EventKind, EvidenceKind, ItemState, Origin, Scope

STATES = {
    ItemState.CANDIDATE: _l("Candidate"),
    ItemState.IN_REVIEW: _l("In review"),
    ItemState.ADOPTED: _l("On the agenda"),
    ItemState.MERGED: _l("Merged into another item"),
    ItemState.DEFERRED: _l("Deferred"),
    ItemState.REFERRED: _l("Referred elsewhere"),
    ItemState.REJECTED: _l("Not taken up"),
}
#: The colour of a state's mark; its words say the same.
STATE_KINDS = {
    ItemState.IN_REVIEW: "warn",
    ItemState.ADOPTED: "good",
    ItemState.DEFERRED: "warn",
    ItemState.REJECTED: "bad",
}
DECISIONS = {
    ItemState.ADOPTED: _l("Adopt: it stands on the agenda"),
    ItemState.MERGED: _l("Merge: it becomes part of another item"),
    ItemState.DEFERRED: _l("Defer: not this time"),
    ItemState.REFERRED: _l("Refer: another body is the place for it"),
    ItemState.REJECTED: _l("Reject"),
}
ORIGINS = {
    Origin.CHALLENGE: _l("a challenge that was asked about"),
    Origin.TOPIC: _l("a topic of the contributions"),
    Origin.THEME: _l("a theme of the contributions"),
    Origin.CONTRIBUTION: _l("a contribution"),
    Origin.COMMITTEE: _l("the committee"),
    Origin.EDITION: _l("an earlier edition that did not deliver it"),
}
SCOPES = {
    Scope.INSIDE: _l("Inside: the summit is the place for it"),
    Scope.COMPLEMENTARY: _l("Complementary: the summit adds to what others do"),
    Scope.ELSEWHERE: _l("Elsewhere: another body is the place for it"),
    Scope.LATER: _l("Later: a next edition is the place for it"),
}
BODIES = {
    Body.G7: _l("G7"),
    Body.G20: _l("G20"),
    Body.OECD: _l("OECD"),
    Body.UN: _l("United Nations"),
    Body.UNESCO: _l("UNESCO"),
    Body.COUNCIL_OF_EUROPE: _l("Council of Europe"),
    Body.EU: _l("European Union"),
    Body.SAFETY_NETWORK: _l("International Network of AI Safety Institutes"),
    Body.STANDARDS: _l("Standards bodies (ISO, IEC, ITU, IEEE)"),
    Body.OTHER: _l("Another body"),
}
EVIDENCE = {
    EvidenceKind.RANKING: _l("Place in a ranking"),
    EvidenceKind.TOPIC: _l("Topic of the contributions"),
    EvidenceKind.THEME: _l("Theme of the contributions"),
    EvidenceKind.SUMMARY: _l("Figure"),
    EvidenceKind.CONTRIBUTION: _l("Contribution"),
    EvidenceKind.MINUTE: _l("Minute of a dialogue"),
}
EVENTS = {
    EventKind.PROPOSED: _l("Proposed"),
    EventKind.REVIEW_STARTED: _l("Review started"),
    EventKind.TAKEN_BACK: _l("Taken back from the review"),
    EventKind.DECIDED: _l("Decided"),
    EventKind.REOPENED: _l("Opened again"),
}
REFUSALS = {
    Refusal.PERSONAL_DATA: _l("It names or describes a private person"),
    Refusal.INSULT: _l("It insults or threatens"),
    Refusal.ADVERTISING: _l("It advertises"),
    Refusal.OFF_TOPIC: _l("It does not speak of this agenda"),
    Refusal.REPEATED: _l("The same text was sent before"),
}
CHANNELS = {
    "survey": _l("From a survey"),
    "dialogue": _l("From a dialogue"),
    "import": _l("From responses collected elsewhere"),
    "comment": _l("Comment on a draft of the agenda"),
}
WORDINGS = {
    "title": _l("Title"),
    "problem": _l("Problem"),
    "deliverable": _l("What the summit should hand over"),
    "rationale": _l("Why it belongs on the agenda"),
    "reason": _l("Reason of the decision"),
    "scope_note": _l("On the scope"),
}
FACTS = {
    "state": _l("Decision"),
    "track": _l("Track"),
    "slot": _l("Slot"),
    "minutes": _l("Minutes"),
    "lead": _l("Presented by"),
    "deferred_until": _l("Deferred until"),
    "referred_to": _l("Referred to"),
    "merged_into": _l("Merged into"),
    "evidence": _l("Pieces of evidence"),
}
EVERY = {
    "STATES": STATES,
    "STATE_KINDS": STATE_KINDS,
    "ORIGINS": ORIGINS,
    "SCOPES": SCOPES,
    "BODIES": BODIES,
    "EVIDENCE": EVIDENCE,
    "EVENTS": EVENTS,
    "REFUSALS": REFUSALS,
    "CHANNELS": CHANNELS,
    "WORDINGS": WORDINGS,
    "FACTS": FACTS,
}
