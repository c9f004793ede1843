"""Questions of ours as rows that any tool can read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final

from consultation.people.classifications import DEFAULT_REGION, SECTORS, countries_sorted, groups
from surveys.documents import OTHER, Question
from surveys.interchange.xlsform.names import option_code
from surveys.interchange.xlsform.questions import DECIMALS, IMAGES_ONLY
from surveys.interchange.xlsform.scanning import quoted
from surveys.interchange.xlsform.types import type_of
from surveys.questions.base import NO_OPINION, REFUSED
from surveys.questions.best_worst import design_of

Texts = Mapping[str, str]
Options = Sequence[Mapping[str, Any]]
#: Words for other tools where an author gave none.
_OTHER: Final = {"en": "Other", "fr": "Autre", "ar": "غير ذلك"}
_NO_OPINION: Final = {"en": "No opinion", "fr": "Sans opinion", "ar": "لا رأي لي"}
_REFUSAL: Final = {
    "en": "I prefer not to say", "fr": "Je préfère ne pas répondre", "ar": "أفضل عدم الإجابة",
}  # fmt: skip
_BEST: Final = {"en": "Most important", "fr": "Le plus important", "ar": "الأهم"}
_WORST: Final = {"en": "Least important", "fr": "Le moins important", "ar": "الأقل أهمية"}


@dataclass(slots=True)
class Part:
    """A row that stands for a part of a question in other tools; ours skip it."""

    type: str
    name: str = ""
    label: Texts = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Written:
    """How a question is written."""

    type: str
    #: Whether a reader makes the same question of it without being told more.
    is_plain: bool = False
    cells: dict[str, str] = field(default_factory=dict)
    #: Lists of the settings, as they stand in the choices.
    lists: dict[str, Options] = field(default_factory=dict)
    #: What the list of the row holds, where it is more than one of `lists`.
    shown: Options | None = None
    #: Rules that our settings keep and other tools need to be told.
    rules: list[str] = field(default_factory=list)
    before: list[Part] = field(default_factory=list)
    inside: list[Part] = field(default_factory=list)
    after: list[Part] = field(default_factory=list)


def written(question: Question, languages: Sequence[str]) -> Written:
    """The row of a question, and the rows that help other tools."""
    maker = _MAKERS.get(question.kind)
    return maker(question, languages) if maker else Written("text")


def _only(question: Question, *names: str) -> bool:
    """Whether the settings say nothing but these, and that in the usual way."""
    settings = question.settings
    usual = settings.get("randomise", True) is True
    return set(settings) <= set(names) and usual


def _shuffled(question: Question) -> dict[str, str]:
    return {"parameters": "randomize=true"} if question.settings.get("randomise") else {}


def _states(question: Question) -> Options:
    """The options that stand for “no answer”."""
    settings = question.settings
    found: list[dict[str, Any]] = []
    if settings.get("no_opinion"):
        label = settings.get("no_opinion_label") or _NO_OPINION
        found.append({"code": NO_OPINION, "label": label})
    if settings.get("refusal"):
        found.append({"code": REFUSED, "label": _REFUSAL})
    return found


def _single(question: Question, languages: Sequence[str]) -> Written:
    del languages
    return _choice(question, "select_one", [])


def _multiple(question: Question, languages: Sequence[str]) -> Written:
    del languages
    settings = question.settings
    rules = []
    if settings.get("min_choices"):
        rules.append(f"count-selected(.) >= {settings['min_choices']}")
    if settings.get("max_choices"):
        rules.append(f"count-selected(.) <= {settings['max_choices']}")
    alone = [*settings.get("exclusive", ()), *(state["code"] for state in _states(question))]
    rules += [f"not(selected(., {quoted(code)})) or count-selected(.) = 1" for code in alone]
    return _choice(question, "select_multiple", rules)


def _choice(question: Question, word: str, rules: list[str]) -> Written:
    settings = question.settings
    options = list(settings["options"])
    shown = [*options, *_states(question)]
    after = []
    if settings.get("other") and not any(option["code"] == OTHER for option in options):
        label = settings.get("other_label") or _OTHER
        shown = [*options, {"code": OTHER, "label": label}, *_states(question)]
        relevant = f"selected(${{{question.code}}}, 'other')"
        after = [Part("text", "other", label, {"relevant": relevant})]
    return Written(
        word,
        is_plain=_only(question, "options", "randomise"),
        cells=_shuffled(question),
        lists={"options": options},
        shown=shown,
        rules=rules,
        after=after,
    )


def _rating(question: Question, languages: Sequence[str]) -> Written:
    settings = question.settings
    points = int(settings.get("points", 5))
    ends = {1: settings.get("low_label", {}), points: settings.get("high_label", {})}
    shown = [
        {"code": str(point), "label": _with_number(point, ends.get(point, {}), languages)}
        for point in range(1, points + 1)
    ]
    cells = {"appearance": "likert"}
    return Written("select_one", cells=cells, shown=[*shown, *_states(question)])


def _with_number(point: int, texts: Texts, languages: Sequence[str]) -> dict[str, str]:
    return {
        language: f"{point} – {texts[language]}" if texts.get(language) else str(point)
        for language in languages
    }


def _numeric_scale(question: Question, languages: Sequence[str]) -> Written:
    del languages
    settings = question.settings
    low, high = settings.get("low", 0), settings.get("high", 10)
    cells = {"parameters": f"start={low} end={high} step=1"}
    return Written("range", is_plain=set(settings) == {"low", "high"}, cells=cells)


def _matrix(question: Question, languages: Sequence[str]) -> Written:
    del languages
    rows, columns = question.settings["rows"], question.settings["columns"]
    required = {"required": "yes"} if question.required is True else {}
    inside = [Part("select_one", "head", question.label, {"appearance": "label"})]
    for row in rows:
        cells = {"appearance": "list-nolabel", "relevant": row.get("relevant", ""), **required}
        inside.append(Part("select_one", row["code"], row["label"], cells))
    shown = [*columns, *_states(question)]
    cells = {"appearance": "field-list"}
    lists = {"rows": rows, "columns": columns}
    return Written("begin_group", cells=cells, lists=lists, shown=shown, inside=inside)


def _ranking(question: Question, languages: Sequence[str]) -> Written:
    del languages
    items = question.settings["items"]
    return Written(
        "rank",
        is_plain=_only(question, "items", "randomise"),
        cells=_shuffled(question),
        lists={"items": items},
        shown=items,
    )


def _points(question: Question, languages: Sequence[str]) -> Written:
    del languages
    settings = question.settings
    items, total = settings["items"], settings.get("total", 100)
    names = [item["code"] for item in items]
    inside = [
        Part("integer", name, item["label"], {"constraint": f". >= 0 and . <= {total}"})
        for name, item in zip(names, items, strict=True)
    ]
    sign = "=" if settings.get("spend_all", True) else "<="
    others = ["coalesce({" + name + "}, 0)" for name in names[:-1]]
    inside[-1].cells["constraint"] += f" and {' + '.join(['.', *others])} {sign} {total}"
    return Written("begin_group", lists={"items": items}, inside=inside)


def _pairwise(question: Question, languages: Sequence[str]) -> Written:
    del languages
    items = question.settings["items"]
    wanted = question.settings.get("pairs") or round(1.5 * len(items))
    pairs = list(combinations([item["code"] for item in items], 2))[:wanted]
    inside = [
        Part(
            "select_one",
            f"{left}_{right}",
            question.label,
            {"choice_filter": f"name = {quoted(left)} or name = {quoted(right)}"},
        )
        for left, right in pairs
    ]
    return Written("begin_group", lists={"items": items}, shown=items, inside=inside)


def _best_worst(question: Question, languages: Sequence[str]) -> Written:
    del languages
    settings = question.settings
    items = settings["items"]
    inside = []
    for number, task in enumerate(design_of(settings)[0], start=1):
        chosen = " or ".join(f"name = {quoted(code)}" for code in task)
        best, worst = f"{number}_best", f"{number}_worst"
        cells = {"choice_filter": chosen}
        inside.append(Part("select_one", best, settings.get("best_label") or _BEST, cells))
        cells = {**cells, "constraint": ". != {" + best + "}"}
        inside.append(Part("select_one", worst, settings.get("worst_label") or _WORST, cells))
    return Written("begin_group", lists={"items": items}, shown=items, inside=inside)


def _number(question: Question, languages: Sequence[str]) -> Written:
    del languages
    settings = question.settings
    rules = [
        f". {sign} {settings[name]:g}"
        for name, sign in (("minimum", ">="), ("maximum", "<="))
        if settings.get(name) is not None
    ]
    word = "decimal" if settings.get("decimals") else "integer"
    is_plain = settings in ({}, {"decimals": DECIMALS})
    return Written(word, is_plain=is_plain, rules=rules)


def _date(question: Question, languages: Sequence[str]) -> Written:
    del languages
    settings = question.settings
    rules = [
        f". {sign} date('{settings[name]}')"
        for name, sign in (("earliest", ">="), ("latest", "<="))
        if settings.get(name)
    ]
    return Written("date", is_plain=not settings, rules=rules)


def _short_text(question: Question, languages: Sequence[str]) -> Written:
    del languages
    return Written("text", is_plain=not question.settings, rules=_length(question))


def _long_text(question: Question, languages: Sequence[str]) -> Written:
    del languages
    extras = question.extras
    is_long = "multiline" in extras.get("appearance", "").split() or "rows" in extras
    is_plain = is_long and not question.settings
    cells = {} if is_long else {"appearance": "multiline"}
    return Written("text", is_plain=is_plain, cells=cells, rules=_length(question))


def _length(question: Question) -> list[str]:
    most = question.settings.get("max_length")
    return [f"string-length(.) <= {most}"] if most else []


def _country(question: Question, languages: Sequence[str]) -> Written:
    del question
    names = {language: dict(countries_sorted(language)) for language in languages}
    codes = names[languages[0]]
    return Written("select_one", shown=_listed(codes, names))


def _sector(question: Question, languages: Sequence[str]) -> Written:
    del question
    names = {
        language: {sector.code: sector.name(language) for sector in SECTORS}
        for language in languages
    }
    return Written("select_one", shown=_listed([sector.code for sector in SECTORS], names))


def _region(question: Question, languages: Sequence[str]) -> Written:
    found = groups(question.settings.get("classification", DEFAULT_REGION))
    names = {
        language: {group.code: group.name(language) for group in found} for language in languages
    }
    return Written("select_one", shown=_listed([group.code for group in found], names))


def _listed(codes: Sequence[str] | Mapping[str, str], names: Mapping[str, Texts]) -> Options:
    return [
        {
            "code": option_code(code),
            "label": {language: texts[code] for language, texts in names.items()},
        }
        for code in codes
    ]


def _consent(question: Question, languages: Sequence[str]) -> Written:
    del languages
    text = question.settings.get("text", {})
    before = [Part("note", "text", text)] if text else []
    return Written("acknowledge", is_plain=not question.settings, before=before)


def _note(question: Question, languages: Sequence[str]) -> Written:
    del languages
    return Written("note", is_plain=not question.settings)


def _calculated(question: Question, languages: Sequence[str]) -> Written:
    del languages
    cells = {"calculation": question.settings["calculation"]}
    return Written("calculate", is_plain=set(question.settings) == {"calculation"}, cells=cells)


def _file(question: Question, languages: Sequence[str]) -> Written:
    del languages
    is_image = type_of(question.extras.get("type", "")).feature == "image"
    usual = IMAGES_ONLY if is_image else {}
    is_plain = question.settings == usual and "type" in question.extras
    return Written("image" if question.settings == IMAGES_ONLY else "file", is_plain=is_plain)


_MAKERS: Final[dict[str, Callable[[Question, Sequence[str]], Written]]] = {
    "single_choice": _single,
    "multiple_choice": _multiple,
    "rating_scale": _rating,
    "numeric_scale": _numeric_scale,
    "matrix": _matrix,
    "ranking": _ranking,
    "points": _points,
    "pairwise": _pairwise,
    "best_worst": _best_worst,
    "number": _number,
    "date": _date,
    "short_text": _short_text,
    "long_text": _long_text,
    "country": _country,
    "sector": _sector,
    "region": _region,
    "consent": _consent,
    "note": _note,
    "calculated": _calculated,
    "file": _file,
}
