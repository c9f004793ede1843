"""The document of a ranking, its public form, and the sentences made from it."""

import json

import numpy as np
import polars as pl
import pytest

from analysis.choice.ballots import ballots_from_positions
from analysis.choice.positions import Unranked, positions_from_ranks
from results.computing.channels import add_channels
from results.computing.copies import look_alikes
from results.computing.inputs import Dimension, Inputs, Result, group_texts
from results.computing.ranking_groups import largest_family
from results.computing.rankings import add_ranking, top_size
from results.computing.weights import weightings
from results.measures import Source
from results.publishing.rankings import channels as gated_channels
from results.publishing.rankings import ranking as gated
from results.rankings import (
    agreement_words,
    group_words,
    guard_words,
    organisation_words,
    shown_words,
    words,
)
from results.rankings.reading import choose, read
from results.snapshots import Frozen
from surveys.documents import read_document

ITEMS = ["rights", "work", "water", "power"]
REGIONS = {"african": "African", "weog": "Western", "grulac": "Latin American"}


class Entry:
    def __init__(self, code, name):
        self.code, self.names = code, {"en": name}


def a_source(ranks, rule=Unranked.LAST, **others):
    labels = {key: {"en": key.capitalize()} for key in ITEMS}
    own, other = (
        positions_from_ranks(ranks, unranked=one) for one in sorted(Unranked, key=rule.__ne__)
    )
    return Source(
        "challenges", {"en": "Challenges"}, labels, own, "ranking", rule.value, other, **others
    )


def a_document(
    ranks, regions, sectors, targets=None, *, frozen=False, order=None, organisations=None
):
    """The document of one round with these respondents."""
    country = {"african": "KE", "weog": "FR", "grulac": "BR", None: None}
    frame = pl.DataFrame(
        {":region": regions, ":sector": sectors, ":country": [country[r] for r in regions]},
        schema={":region": pl.String, ":sector": pl.String, ":country": pl.String},
    ).with_columns(
        pl.Series(":organisation", organisations or [None] * len(regions), dtype=pl.UInt32)
    )
    inputs = Inputs(
        Frozen({1: frame}, pl.DataFrame()),
        {},
        {},
        "un_group",
        targets or {"sector": {}, "region": {}},
        30,
        seed=5,
        targets_frozen=frozen,
    )
    region = group_texts(Entry(code, name) for code, name in REGIONS.items())
    sector = group_texts(Entry(code, code) for code in ("government", "industry"))
    dimensions = [
        Dimension("region", regions, list(region), region),
        Dimension("sector", sectors, list(sector), sector),
    ]
    result = Result()
    source = a_source(ranks, **(order or {}))
    add_ranking(result, 1, source, dimensions, weightings(frame, inputs), inputs)
    return result.documents["ranking/1/challenges"]


@pytest.fixture(scope="module")
def mixed():
    """90 western ballots want rights first, 40 African and 35 Latin American ones water."""
    generator = np.random.default_rng(3)
    worth = {"weog": [3.0, 1, 0, 0], "african": [0.0, 0, 3, 1], "grulac": [0.0, 1, 2.5, 0]}
    regions = ["weog"] * 90 + ["african"] * 40 + ["grulac"] * 35 + [None] * 4
    noise = generator.gumbel(size=(len(regions), 4))
    liked = noise + np.array([worth.get(region, [0, 0, 0, 0]) for region in regions])
    ranks = np.argsort(np.argsort(-liked, axis=1), axis=1) + 1.0
    ranks[::7, 3] = np.nan
    sectors = [["government", "industry", None][i % 3] for i in range(len(regions))]
    return ranks, regions, sectors


@pytest.fixture(scope="module")
def document(mixed):
    return a_document(*mixed)


def test_a_document_is_json_and_holds_what_every_page_reads(document):
    assert json.loads(json.dumps(document)) == document
    assert [row["rank"] for row in document["rows"]] == [1, 2, 3, 4]
    assert document["k"] == 2
    assert document["weightings"][0]["name"] == "unweighted"
    assert sum(group["n"] for group in document["by"]["region"]) == document["n"] == 169
    assert document["by"]["region"][-1]["key"] == "unknown"
    assert set(document["crossing"]) == {"rows", "columns", "cells"}
    sizes = [cell["n"] for line in document["crossing"]["cells"] for cell in line]
    assert sum(sizes) == 169
    assert all(
        "ranks" not in c for line in document["crossing"]["cells"] for c in line if c["n"] < 30
    )


def test_weighted_and_unweighted_stand_side_by_side(mixed, document):
    equal = next(one for one in document["weightings"] if one["name"] == "equal_regions")
    raw = next(one for one in document["weightings"] if one["name"] == "unweighted")
    assert raw["is_headline"]
    assert raw["ranks"]["rights"][0] == 1
    # With one voice a region, two of three put water first.
    assert equal["ranks"]["water"][0] == 1
    assert equal["effective_n"] < raw["effective_n"] == 169
    targets = {"sector": {}, "region": {"weog": 0.2, "african": 0.5, "grulac": 0.3}}
    weighted = a_document(*mixed, targets, frozen=True)
    assert (weighted["weighting"], weighted["interval"]) == ("registered", "bootstrap")
    assert weighted["rows"][0]["key"] == "water"
    assert all(r["low"] <= r["mean_position"] <= r["high"] for r in weighted["rows"])


def test_what_the_largest_group_decides_is_named(document):
    without = {(one["dimension"], one["key"]): one for one in document["guard"]}
    assert without["region", "weog"]["changes_first"]
    assert without["region", "weog"]["n"] == 90
    assert not without["region", "unknown"]["changes_first"]
    turned = document["reversals"]["region"]
    assert {("rights", "water")} <= {(one["above"], one["below"]) for one in turned}
    differing = {one["key"]: one for one in document["differences"]["region"]}
    assert differing["weog"]["p"] < 0.05
    assert {item["key"] for item in differing["weog"]["items"]} >= {"rights", "water"}
    assert document["bridging"]["region"]["rows"][0]["key"] in ITEMS


def test_a_family_of_equal_ballots_is_left_out_by_the_guard(mixed):
    ranks, regions, sectors = mixed
    campaign = np.tile([4.0, 3, 2, 1], (120, 1))
    found = a_document(
        np.concatenate([ranks, campaign]), regions + ["weog"] * 120, sectors + ["industry"] * 120
    )
    family = [one for one in found["guard"] if one["dimension"] == "same_order"]
    assert len(family) == 1
    assert family[0]["n"] >= 120
    assert "power" in family[0]["leaving"]
    members = largest_family(ballots_from_positions(campaign))
    assert members.all()


def test_what_unranked_means_is_checked_and_told(mixed):
    ranks, regions, sectors = mixed
    short = ranks.copy()
    # Most name their favourite alone, and those who rank power at all rank it first.
    short[40:][short[40:] > 1] = np.nan
    found = a_document(short, regions, sectors)["unranked_matters"]
    assert set(found) >= {"first", "changes_first", "changes_duels", "entering", "leaving"}
    complete = a_document(np.where(np.isnan(ranks), 4.0, ranks), regions, sectors)
    assert complete["unranked_matters"] is None


def test_one_ballot_is_too_few():
    assert a_document([[1, 2, 3, 4]], ["weog"], [None])["too_few"] == {"n": 1, "needed": 2}


def test_the_public_form_names_no_small_group(document):
    public = gated(document, 10)
    text = json.dumps(public)
    assert "pairwise" not in public
    shown = {group["key"] for group in public["by"]["region"]}
    assert shown <= {"weog", "african", "grulac"}
    assert "unknown" not in shown
    assert all("n" not in one and "share" not in one for one in public["guard"])
    assert all(one["key"] in shown for one in public["guard"] if one["dimension"] == "region")
    assert all("nothing" not in bloc for one in public["selections"] for bloc in one["blocs"])
    assert all(one["effective_n"] % 10 == 0 for one in public["weightings"])
    assert all("n" not in cell for line in public["crossing"]["cells"] for cell in line)
    for hidden in ("trimmed", "shortfalls", "absent", "lowest_group", "too_small", "expected"):
        assert f'"{hidden}"' not in text


def test_every_sentence_can_be_made_and_says_what_the_figures_say(app, document):
    public = gated(document, 10)
    with app.test_request_context("/"):
        for one in (document, public):
            lead = [*words.first(one), *words.settled(one)]
            assert lead
            assert "“Rights”" in lead[0]
            told = " ".join(
                [
                    *lead,
                    *words.weighted(one),
                    *guard_words.guarded(one),
                    *agreement_words.agreeing(one),
                    *words.disagreeing(one),
                    *words.unranked(one),
                    *group_words.bridged(one, "region"),
                    *group_words.differing(one, "region"),
                    *group_words.turned(one, "region"),
                    *words.method(one),
                ]
            )
            assert "%(" not in told
            assert "Equal voice for each region" in told
        guard = " ".join(guard_words.guarded(document))
        assert "Without “Western” (90 ballots" in guard
        assert "ballots" not in " ".join(guard_words.guarded(public))
        assert "All together place “Rights” before “Water”" in " ".join(
            group_words.turned(document, "region")
        )


def test_a_settled_order_says_so_and_an_open_one_too(app):
    sure = a_document(np.tile([1.0, 2, 3, 4], (40, 1)), ["weog"] * 40, ["industry"] * 40)
    generator = np.random.default_rng(1)
    ranks = generator.permuted(np.tile(np.arange(1.0, 5), (40, 1)), axis=1)
    unsure = a_document(ranks, ["weog"] * 40, ["industry"] * 40)
    with app.test_request_context("/"):
        assert "shown to stand above every other" in words.first(sure)[0]
        assert "can be decided now" in words.settled(sure)[0]
        assert "any of the items may be" in words.first(unsure)[0]
        assert "open between" in words.settled(unsure)[0]
        assert "allots of the same kind" in words.settled(unsure)[-1]


def test_pages_list_the_last_round_first_and_find_what_is_asked_for(app, document):
    documents = {"ranking/1/a": document, "ranking/2/b": {"title": {}, "too_few": {"n": 1}}}
    with app.test_request_context("/"):
        found = read(documents)
        assert [one.name for one in found] == ["2/b", "1/a"]
        assert choose(found, "").name == "1/a"
        assert choose(found, "2/b").is_too_few
        assert choose(found, "9/../x").name == "1/a"
        assert choose([], "") is None
        assert [group.name for group in found[1].groupings()] == ["region", "sector"]
        assert sum(len(rows) for _tier, rows in found[1].tiers()) == 4


@pytest.mark.parametrize(
    ("items", "size"), [(1, 1), (2, 1), (3, 2), (6, 3), (9, 4), (12, 5), (40, 5)]
)
def test_the_size_of_the_top_follows_the_number_of_items(items, size):
    assert top_size(items) == size


def with_themes(documents, n_survey=40, n_dialogue=12):
    """Texts of two channels under a signed codebook: surveys speak of work, dialogues of power."""
    ids = [f"s{i}" for i in range(n_survey)] + [f"d{i}" for i in range(n_dialogue)]
    channels = ["survey"] * n_survey + ["dialogue"] * n_dialogue
    schema = {"id": pl.String, "channel": pl.String}
    frame = pl.DataFrame({"id": ids, "channel": channels}, schema=schema)
    result = Result(dict(documents))
    if ids:
        rows = [{"key": key, "is_noise": False} for key in ("work", "power", "water")]
        noise = {"key": "rights", "is_noise": True}
        result.documents["themes"] = {"rows": [*rows, noise]}
        result.theme_members = [
            ("work" if key[0] == "s" else "power", key, True, 1.0) for key in ids
        ]
    inputs = Inputs(Frozen({}, frame), {}, {}, "un_group", {}, 30)
    add_channels(result, inputs)
    return result.documents


def test_every_channel_speaks_once_by_its_order(document):
    found = with_themes({"ranking/1/challenges": document})["channels"]
    assert found["base"] == "ranking/1/challenges"
    assert [one["name"] for one in found["channels"]] == [
        "ranking/1/challenges",
        "texts/dialogue",
        "texts/survey",
    ]
    assert [one["share"] for one in found["channels"]] == pytest.approx([1 / 3] * 3, abs=1e-6)
    rows = {row["key"]: row for row in found["rows"]}
    assert rows["power"]["ranks"]["texts/dialogue"] == 1
    assert rows["work"]["ranks"]["texts/survey"] == 1
    # No theme that counts: the texts are silent, not against it.
    assert rows["rights"]["ranks"]["texts/survey"] is None
    assert all(row["best_rank"] <= row["rank"] <= row["worst_rank"] for row in found["rows"])


def test_questions_of_one_kind_share_one_voice(document):
    twice = {"ranking/1/challenges": document, "ranking/2/challenges": document}
    # The rows of a matrix are called by their question and their own code.
    rows = [{**row, "key": f"rated_{row['key']}"} for row in document["rows"]]
    rated = {**document, "method": "ratings", "rows": rows}
    documents = with_themes({**twice, "ranking/2/rated": rated}, 0, 0)
    shares = {one["name"]: one["share"] for one in documents["channels"]["channels"]}
    assert shares == {
        "ranking/1/challenges": 0.25,
        "ranking/2/challenges": 0.25,
        "ranking/2/rated": 0.5,
    }
    assert documents["channels"]["base"] == "ranking/2/challenges"


def test_one_channel_makes_no_document(document):
    assert "channels" not in with_themes({"ranking/1/challenges": document}, 0, 0)
    assert "channels" not in with_themes({"ranking/1/challenges": {"too_few": {"n": 1}}})
    few = with_themes({"ranking/1/challenges": document}, 9, 9)
    assert "channels" not in few


def test_the_public_sees_no_channel_of_few(document):
    found = with_themes({"ranking/1/challenges": document})["channels"]
    public = gated_channels(found, 20)
    assert [one["name"] for one in public["channels"]] == ["ranking/1/challenges", "texts/survey"]
    assert all("texts/dialogue" not in row["ranks"] for row in public["rows"])


def test_the_shown_order_is_tested_where_it_was_drawn(app, mixed):
    ranks, regions, sectors = mixed
    generator = np.random.default_rng(8)
    shown = generator.permuted(np.tile(np.arange(1.0, 5), (len(regions), 1)), axis=1)
    lazy = np.argsort(np.argsort(generator.gumbel(size=shown.shape) + shown, axis=1), axis=1) + 1.0
    told = {}
    with app.test_request_context("/"):
        for name, given, order in (
            ("free", ranks, {"shown": shown}),
            ("lazy", lazy, {"shown": shown}),
            ("anchored", lazy, {"shown": shown, "anchored": ("power",)}),
            ("unknown", ranks, {"shown": np.full(shown.shape, np.nan)}),
            ("fixed", ranks, {}),
            ("sets", ranks, {"is_drawn": True}),
        ):
            document = a_document(given, regions, sectors, order=order)
            told[name] = document["shown_order"], " ".join(shown_words.shown_order(document))
            assert "%(" not in told[name][1]
    assert told["free"][0]["p"] > 0.05
    assert "no more than chance" in told["free"][1]
    assert told["lazy"][0]["slope"] > 0
    assert told["lazy"][0]["n"] == len(regions)
    assert "further up were ranked higher" in told["lazy"][1]
    assert "p < 0.001" in told["lazy"][1]
    assert "evens out" in told["lazy"][1]
    assert "not for “Power”" in told["anchored"][1]
    assert told["unknown"][0] == {"reason": "unknown"}
    assert "one and the same order" in told["fixed"][1]
    assert "drawn" in told["sets"][1]


def test_the_public_learns_the_effect_of_the_shown_order_but_no_count_of_few(mixed):
    ranks, regions, sectors = mixed
    shown = np.random.default_rng(8).permuted(np.tile(np.arange(1.0, 5), (len(regions), 1)), axis=1)
    shown[3:6] = np.nan
    found = a_document(ranks, regions, sectors, order={"shown": shown})
    public = gated(found, 10)["shown_order"]
    assert found["shown_order"]["n"] == 166
    assert public["n"] == 170
    assert all(set(one) == {"place", "difference"} for one in public["places"])
    shown[8:] = np.nan
    few = gated(a_document(ranks, regions, sectors, order={"shown": shown}), 10)
    assert few["shown_order"] == {"reason": "too_few"}


@pytest.fixture(scope="module")
def with_organisations(mixed):
    """One organisation sends 24 equal ballots, a small one 5, twenty more one each."""
    ranks, regions, sectors = mixed
    blocs = np.concatenate([np.tile([4.0, 3, 2, 1], (24, 1)), np.tile([3.0, 4, 2, 1], (5, 1))])
    numbers = [1] * 24 + [2] * 5 + list(range(3, 23)) + [None] * (len(regions) - 20)
    everybody = (
        np.concatenate([blocs, ranks]),
        ["african"] * 29 + regions,
        ["industry"] * 29 + sectors,
    )
    return everybody, a_document(*everybody, organisations=numbers), a_document(*everybody)


def test_ballots_of_one_organisation_are_one_voice_as_to_chance(with_organisations):
    _everybody, known, unknown = with_organisations
    assert known["is_clustered"]
    assert not unknown["is_clustered"]
    assert [row["key"] for row in known["rows"]] == [row["key"] for row in unknown["rows"]]
    for one, other in zip(known["rows"], unknown["rows"], strict=True):
        assert one["mean_position"] == other["mean_position"]
    widths = [[r["high"] - r["low"] for r in d["rows"]] for d in (known, unknown)]
    power = [row["key"] for row in known["rows"]].index("power")
    assert widths[0][power] > 1.5 * widths[1][power]
    # Sums that do not hang on chance are those of plain ballots, in every group.
    for name in ("region", "sector", "country_group"):
        for one, other in zip(known["by"].get(name, []), unknown["by"].get(name, []), strict=True):
            assert one["n"] == other["n"]
            assert {k: v[0] for k, v in one["ranks"].items()} == {
                k: v[0] for k, v in other["ranks"].items()
            }
    assert [[c["n"] for c in line] for line in known["crossing"]["cells"]] == [
        [c["n"] for c in line] for line in unknown["crossing"]["cells"]
    ]
    assert known["guard"] == unknown["guard"]


def test_what_one_organisation_decides_is_told_without_its_name(app, with_organisations):
    (ranks, _regions, _sectors), known, unknown = with_organisations
    found = known["organisations"]
    assert (found["known"], found["groups"], found["sizes"][0]) == (49, 22, 24)
    assert "organisation" in json.dumps(found)

    # By hand: the order without the largest one.
    def top(rows):
        return [ITEMS[i] for i in np.argsort(rows.mean(axis=0), kind="stable")[:2]]

    filled = positions_from_ranks(ranks, unranked=Unranked.LAST)
    before, after = top(filled), top(filled[24:])
    changed = {one["n"]: one for one in found["changing"]}
    if before == after:
        assert 24 not in changed
    else:
        assert changed[24]["entering"] == [key for key in after if key not in before]
    public = gated(known, 10)["organisations"]
    assert public["sizes"] == [True]
    assert "24" not in json.dumps(public)
    assert len(public["changing"]) == (before != after)
    with app.test_request_context("/"):
        told = " ".join(organisation_words.organisations(known))
        assert "49 of 198 ballots come from 22 organisations" in told
        assert "is not known" in organisation_words.organisations(unknown)[0]
        assert "%(" not in told
        assert "ballots come" not in " ".join(organisation_words.organisations(gated(known, 10)))
        none = organisation_words.organisations(gated(known, 30))
        assert none == ["No organisation has ballots enough to be left out in public."]
        quiet = {**known, "organisations": {**found, "changing": []}}
        assert "any one of the 2 organisations" in organisation_words.organisations(quiet)[1]
        one = {"n": 24, "entering": ["power"], "leaving": ["work"], "first": "power"}
        loud = {**known, "organisations": {**found, "changing": [one, one]}}
        told = organisation_words.organisations(loud)
        assert "Without one organisation (24 ballots), “Power” would enter" in told[1]
        assert "1 other organisation" in told[2]


def test_responses_that_repeat_another_are_found_and_what_goes_without_them_is_told(app):
    questions = [
        {"code": f"q{i}", "kind": "rating_scale", "label": {"en": "Q"}, "settings": {"points": 5}}
        for i in range(10)
    ]
    asked = read_document(
        {
            "title": {"en": "T"},
            "default_language": "en",
            "languages": ["en"],
            "sections": [{"code": "s", "title": {"en": "S"}, "questions": questions}],
        }
    )
    generator = np.random.default_rng(2)
    given = generator.integers(1, 6, (40, 10))
    given[25:] = given[3]
    frame = pl.DataFrame({f"q{i}": given[:, i] for i in range(10)})
    found = look_alikes(frame, asked)
    assert found.tolist() == [False] * 25 + [True] * 15
    sparse = frame.with_columns(pl.lit(None, dtype=pl.Int64).alias("q0"))
    assert not look_alikes(sparse, asked).any()
    with app.test_request_context("/"):
        label = {"en": "Responses that repeat"}
        quiet = {
            "dimension": "look_alikes",
            "key": "look_alikes",
            "label": label,
            "n": 15,
            "share": 0.375,
            "first": "rights",
            "entering": [],
            "leaving": [],
            "changes_first": False,
        }
        told = guard_words.guarded(
            {"k": 2, "guard": [quiet], "looked_for_copies": True, "rows": [], "n": 40}
        )
    assert told[0] == "No group is large enough to be left out in public."
    assert "Without “Responses that repeat” (15 ballots, 38% of the weight), the same" in told[1]
    assert "No text came in copies" in told[2]


def test_an_item_that_few_place_does_not_take_the_ranking_away():
    """Four of a hundred place it: it is missing from many replicates of the bootstrap."""
    nan = np.nan
    ranks = [[1, 2, 3, nan], [2, 1, 3, nan]] * 48 + [[2, nan, 3, 1]] * 2 + [[1, nan, 2, 3]] * 2
    regions, sectors = ["weog", "african"] * 50, ["government", "industry"] * 50
    targets = {"region": {"weog": 0.7, "african": 0.3}, "sector": {}}
    rule = {"rule": Unranked.MISSING}
    document = a_document(ranks, regions, sectors, targets, frozen=True, order=rule)
    assert document["interval"] == "bootstrap"
    rare = [*ranks[:-3], [1, 2, 3, nan], [2, 1, 3, nan], [1, 2, 3, nan]]
    rare[0] = [2, nan, 3, 1]
    document = a_document(rare, regions, sectors, targets, frozen=True, order=rule)
    assert not document.get("too_few")
    assert document["interval"] == "linearised"
    power = next(row for row in document["rows"] if row["key"] == "power")
    # Two ballots tell nothing of its place.
    assert (power["n"], power["best_rank"], power["worst_rank"]) == (2, 1, 4)


def test_a_long_list_names_the_first_items_and_counts_the_others(app):
    keys = [f"i{place}" for place in range(30)]
    rows = [{"key": key, "label": {"en": key.upper()}} for key in keys]
    outside = {"k": 5, "inside": [], "open": [], "outside": keys[5:], "separate": None}
    with app.test_request_context("/"):
        (told,) = words.settled({"rows": rows, "settled": outside})
    assert told == (
        "“I5”, “I6”, “I7”, “I8”, “I9”, and 20 more are not among the first 5 in any case."
    )
