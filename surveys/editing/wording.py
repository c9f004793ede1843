"""What settings are called in the editor. A setting without an entry is called by its name."""

from core.i18n import _l

_LABELS = {
    "options": _l("Answers to choose from"),
    "items": _l("Items"),
    "rows": _l("Rows"),
    "columns": _l("Columns"),
    "no_opinion": _l("Offer “No opinion”"),
    "no_opinion_label": _l("Other words for “No opinion”"),
    "refusal": _l("Offer “I prefer not to say”"),
    "other": _l("Offer an answer in one's own words (“Other”)"),
    "other_label": _l("Other words for “Other”"),
    "randomise": _l("Each respondent gets them in another order"),
    "group": _l("Break results down by this question"),
    "min_choices": _l("Fewest answers"),
    "max_choices": _l("Most answers"),
    "exclusive": _l("Codes that exclude all others"),
    "points": _l("Number of points"),
    "low_label": _l("Words at the lowest point"),
    "high_label": _l("Words at the highest point"),
    "top": _l("How many places are given"),
    "ties": _l("Several may share a place"),
    "max_length": _l("Most characters"),
    "quotable": _l("May be quoted where the respondent agrees"),
    "classification": _l("Division of the world"),
    "text": _l("Text that is agreed to"),
    "agree_label": _l("Words beside the box"),
    "calculation": _l("Calculation"),
    "is_number": _l("The result is a number"),
    "is_scale": _l("The columns are a scale, the lowest first"),
    "required_rows": _l("Where an answer is required, it is required for"),
    "total": _l("Points to share out"),
    "spend_all": _l("All points must be given away"),
    "minimum": _l("Smallest number"),
    "maximum": _l("Largest number"),
    "decimals": _l("Digits after the decimal point"),
    "unit": _l("What is counted, such as “people”"),
    "low": _l("Lowest point"),
    "high": _l("Highest point"),
    "precision": _l("What is asked for at most"),
    "partial": _l("The day, or the day and the month, may be left out"),
    "earliest": _l("Earliest date"),
    "latest": _l("Latest date"),
    "per_task": _l("Items in a set"),
    "tasks": _l("Sets for each respondent"),
    "versions": _l("Different plans of sets"),
    "best_label": _l("Words for the best"),
    "worst_label": _l("Words for the worst"),
    "design": _l("the plan of sets"),
    "pairs": _l("Pairs for each respondent"),
    "documents": _l("Take documents"),
    "tables": _l("Take tables"),
    "images": _l("Take images"),
    "max_megabytes": _l("Largest file in megabytes"),
    "per_page": _l("Pairs on one page"),
}
_NOTES = {
    "top": _l("Leave it open to have all of them ranked."),
    "exclusive": _l("With spaces between them, for example: none"),
    "max_length": _l("Leave it open for the usual length."),
    "group": _l("For example a stakeholder group of your own."),
    "calculation": _l("An expression; ${code} stands for the answer to a question."),
    "pairs": _l("Leave it open for one and a half for each item."),
    "earliest": _l("For example 2027-01-31."),
    "latest": _l("For example 2027-12-31."),
    "classification": _l("The code of a list of regions, for example un_group."),
}
_VALUES = {
    "day": _l("A day"),
    "month": _l("A month"),
    "year": _l("A year"),
    "all": _l("Every row"),
    "any": _l("At least one row"),
}


def label_of_setting(name: str, title: str | None = None) -> str:
    return title or _LABELS.get(name) or name.replace("_", " ").capitalize()


def note_on_setting(name: str) -> str:
    return _NOTES.get(name, "")


def value_name(value: str) -> str:
    return str(_VALUES.get(value) or value.replace("_", " ").capitalize())


_ROLES = {
    "title": _l("Title"),
    "thanks": _l("Words of thanks"),
    "intro": _l("Words above the questions"),
    "label": _l("Question"),
    "hint": _l("Hint"),
    "guidance": _l("Longer help"),
    "required_message": _l("Where a required answer is missing"),
    "constraint_message": _l("Where an answer is not accepted"),
    "message": _l("For those who come too late"),
}


def role_name(role: str, *, is_setting: bool) -> str:
    """What one text of a questionnaire is; an option is called by its code."""
    if is_setting:
        return _LABELS.get(role) or role
    return _ROLES.get(role) or role
