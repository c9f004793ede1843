"""What verdicts and sources are called on the pages."""

from core.i18n import _l
from results.outcomes.models import Source, Verdict

VERDICTS = {
    Verdict.DELIVERED: _l("Delivered"),
    Verdict.PARTLY: _l("Partly delivered"),
    Verdict.NOT_DELIVERED: _l("Not delivered"),
    Verdict.DROPPED: _l("Dropped"),
}
VERDICT_KINDS = {
    Verdict.DELIVERED: "good",
    Verdict.PARTLY: "warn",
    Verdict.NOT_DELIVERED: "bad",
    Verdict.DROPPED: "bad",
}
SOURCES = {
    Source.SELF_REPORT: _l("Those who had to deliver it"),
    Source.INDEPENDENT: _l("Somebody independent"),
}
