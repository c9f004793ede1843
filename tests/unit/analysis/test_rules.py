"""Rules of order against published orders, an exhaustive search, and their own axioms."""

import csv
import itertools
import json

import numpy as np
import pytest

from analysis.choice.ballots import Unranked
from analysis.choice.bradley_terry import NotComparable, bradley_terry
from analysis.choice.formats import read_ballots
from analysis.choice.kemeny import _by_program, kemeny
from analysis.choice.pairwise import (
    Pairwise,
    pairs_from_duels,
    pairs_from_sets,
    values_of_votes,
)
from analysis.choice.positions import (
    positions_from_approvals,
    positions_from_best_worst,
    positions_from_points,
    positions_from_rankings,
    positions_from_ranks,
    positions_from_ratings,
)
from analysis.choice.rules import Strength, all_rules, disagreements, schulze
from analysis.choice.tally import compare_pairs


@pytest.fixture(scope="module")
def cases(shared_data):
    return json.loads((shared_data / "cases" / "rank_aggregation.json").read_text("utf-8"))


def pairs_of(case, items):
    positions = positions_from_rankings(
        [list(order) for _count, order in case["ballots"]], items, unranked=Unranked.LAST
    )
    return compare_pairs(positions, [count for count, _order in case["ballots"]])


def names(items, order):
    return "".join(items[place] for place in order)


def by_rank(ranks):
    """Sets of items that share a rank, the best first."""
    return [set(np.flatnonzero(ranks == rank).tolist()) for rank in sorted(set(ranks.tolist()))]


def debian(shared_data, year):
    path = shared_data / "data" / "consultations" / f"debian_dpl_{year}_ballots.csv"
    return read_ballots(path.read_text("utf-8"), "csv")


def test_schulzes_own_example_in_full(cases):
    case = cases["schulze_wikipedia_45"]
    pairwise = pairs_of(case, list("ABCDE"))
    assert pairwise.wins.tolist() == case["pairwise"]
    found = schulze(pairwise)
    assert found.paths.tolist() == case["strongest_paths"]
    assert names("ABCDE", np.argsort(found.ranks)) == case["schulze_ranking"]
    best = kemeny(pairwise)
    assert names("ABCDE", best.order) == case["kemeny"]
    assert best.cost == case["kemeny_disagreements"]
    assert dict(zip("ABCDE", pairwise.borda().tolist(), strict=True)) == case["borda"]


def test_tennessee(cases):
    case = cases["tennessee_capital"]
    pairwise = pairs_of(case, list("MNCK"))
    best = kemeny(pairwise)
    assert names("MNCK", best.order) == case["kemeny"]
    # The score counts agreements: all 6 comparisons of 100 ballots less the disagreements.
    assert 600 - best.cost == case["kemeny_score"]
    assert dict(zip("MNCK", pairwise.copeland().tolist(), strict=True)) == case["copeland"]
    assert pairwise.condorcet_winner() == 1


@pytest.mark.parametrize("year", ["2002", "2003"])
def test_official_matrices_of_debian(cases, year):
    case = cases[f"debian_{year}"]
    wins = np.array(case["published"] or case["published_pairwise"], dtype=float)
    found = schulze(Pairwise(wins, np.zeros_like(wins)))
    order = [case["names"][place] for place in np.argsort(found.ranks)]
    assert order == case["published_schulze"]
    if year == "2002":
        # Published beside a quorum: defeats of the default option do not lead anywhere.
        strong = np.array(case["published_path_strengths"])
        assert np.all(found.paths[strong > 0] >= strong[strong > 0])
    else:
        best = kemeny(Pairwise(wins, np.zeros_like(wins)))
        assert [case["names"][place] for place in best.order] == case["published_kemeny"]
        copeland = Pairwise(wins, np.zeros_like(wins)).copeland()
        assert copeland.tolist() == case["published_copeland"]


def test_ties_of_debian_2003_survive_import(cases):
    """Broken ties made Garbee the winner in a file that many use; the official one is another."""
    case = cases["debian_2003"]
    official = np.array(case["published_pairwise"], dtype=float)
    broken = np.array(case["pairwise"], dtype=float)
    # 24 ballots held both equal: written with braces they must count for neither.
    tied = int(broken[1, 3] - official[1, 3])
    lines = ["228: 4,2", "224: 2,4", f"{tied}: {{2,4}}"]
    head = ["# NUMBER ALTERNATIVES: 5"]
    head += [f"# ALTERNATIVE NAME {i}: {name}" for i, name in enumerate(case["names"], start=1)]
    table = read_ballots("\n".join([*head, *lines]), "toi")
    positions = positions_from_ranks(table.ranks, unranked=Unranked.LAST)
    pairwise = compare_pairs(positions, table.counts)
    garbee, michlmayr = (case["names"].index(n) for n in ("Bdale Garbee", "Martin Michlmayr"))
    assert pairwise.wins[michlmayr, garbee] == official[michlmayr, garbee] == 228
    assert pairwise.wins[garbee, michlmayr] == official[garbee, michlmayr] == 224
    assert pairwise.ties[garbee, michlmayr] == tied == 28


def test_debian_2006_under_both_rules_for_unranked(shared_data):
    table = debian(shared_data, 2006)
    last, missing = (
        compare_pairs(positions_from_ranks(table.ranks, unranked=rule))
        for rule in (Unranked.LAST, Unranked.MISSING)
    )
    order = [{table.items[i] for i in group} for group in by_rank(all_rules(last).schulze_margins)]
    assert order == [
        {"Anthony Towns"},
        {"Steve McIntyre"},
        {"Andreas Schuldei", "Jeroen van Wolffelaar"},
        {"Bill Allombert"},
        {"None of the Above"},
        {"Ari Pollak"},
        {"Jonathan aka Ted Walther"},
    ]
    flipped = by_rank(all_rules(missing).schulze_margins)
    assert {table.items[i] for i in flipped[0]} == {"Steve McIntyre"}


def test_debian_2006_rules_disagree_about_the_first_place(shared_data):
    table = debian(shared_data, 2006)
    pairwise = compare_pairs(positions_from_ranks(table.ranks, unranked=Unranked.LAST))
    found = disagreements(all_rules(pairwise), [1])
    assert {d.other for d in found} == {"copeland", "schulze", "schulze_margins", "kemeny"}
    assert {table.items[i] for d in found for i in d.only_rule} == {"Steve McIntyre"}
    assert {table.items[i] for d in found for i in d.only_other} == {"Anthony Towns"}


def test_debian_2007_in_full(shared_data):
    table = debian(shared_data, 2007)
    pairwise = compare_pairs(positions_from_ranks(table.ranks, unranked=Unranked.LAST))
    order = [table.items[i] for i in np.argsort(schulze(pairwise, strength=Strength.MARGINS).ranks)]
    assert [name.split()[-1] for name in order] == (
        [
            "Hocevar",
            "McIntyre",
            "Hertzog",
            "Verhelst",
            "Towns",
            "Franco",
            "Above",
            "Richter",
            "Mahinovs",
        ]
    )


def test_bradley_terry_meets_the_journals_and_the_tennis(shared_data):
    cases = json.loads((shared_data / "cases" / "bradley_terry_pl.json").read_text("utf-8"))
    journals = cases["bt_statistics_journals"]
    wins = np.array(journals["wins"])
    fitted = bradley_terry(Pairwise(wins, np.zeros_like(wins)), pseudo_count=0)
    log, errors = fitted.against(0)
    assert log == pytest.approx(journals["own_mm"], abs=1e-8)
    assert log[1:] == pytest.approx(journals["published_coef"][1:], abs=5e-5)
    assert errors[1:] == pytest.approx(journals["published_se"][1:], abs=6e-6)
    tennis = np.array(cases["bt_tennis"]["wins"])
    fitted = bradley_terry(Pairwise(tennis, np.zeros_like(tennis)), pseudo_count=0)
    assert fitted.against(0)[0] == pytest.approx(cases["bt_tennis"]["log_ability"], abs=1e-7)


def test_an_unbeaten_item_has_no_strength_without_a_pseudo_count():
    wins = np.array([[0.0, 5, 5], [0, 0, 3], [0, 2, 0]])
    with pytest.raises(NotComparable):
        bradley_terry(Pairwise(wins, np.zeros_like(wins)), pseudo_count=0)
    fitted = bradley_terry(Pairwise(wins, np.zeros_like(wins)))
    assert fitted.pseudo_count == 0.5
    assert np.argmax(fitted.log) == 0


def cheapest(pairwise):
    m = len(pairwise)
    cost = {
        order: sum(pairwise.wins[b, a] for i, a in enumerate(order) for b in order[i + 1 :])
        for order in itertools.permutations(range(m))
    }
    least = min(cost.values())
    inversions = {
        order: sum(a > b for i, a in enumerate(order) for b in order[i + 1 :])
        for order in cost
        if cost[order] < least + 1e-6
    }
    return least, min(inversions.values()), set(inversions)


@pytest.mark.parametrize("seed", range(12))
def test_kemeny_meets_the_search_of_all_orders(seed):
    generator = np.random.default_rng(seed)
    positions = generator.permuted(np.tile(np.arange(1.0, 7.0), (9, 1)), axis=1)
    pairwise = compare_pairs(positions)
    least, fewest, orders = cheapest(pairwise)
    found = kemeny(pairwise)
    assert found.cost == least
    assert found.order in orders
    assert sum(a > b for i, a in enumerate(found.order) for b in found.order[i + 1 :]) == fewest
    # The program finds the same as the enumeration, at a size where both can run.
    program = tuple(_by_program(pairwise.wins.T))
    assert program in orders
    assert sum(a > b for i, a in enumerate(program) for b in program[i + 1 :]) == fewest


def test_kemeny_of_forty_items_is_proven_and_of_more_is_not_given():
    generator = np.random.default_rng(4)
    worth = np.linspace(0, 2, 40)
    noise = generator.gumbel(size=(300, 40))
    ranks = np.argsort(np.argsort(worth + noise, axis=1), axis=1) + 1.0
    found = kemeny(compare_pairs(ranks))
    assert sorted(found.order) == list(range(40))
    wins = compare_pairs(ranks).wins
    assert found.cost == np.tril(wins[np.ix_(found.order, found.order)], -1).sum()
    # No move of one item to another place makes it cheaper.
    for item, place in itertools.product(range(40), range(0, 40, 3)):
        order = [other for other in found.order if other != item]
        order.insert(place, item)
        assert np.tril(wins[np.ix_(order, order)], -1).sum() >= found.cost
    large = kemeny(Pairwise(np.zeros((41, 41)), np.zeros((41, 41))))
    assert (large.order, large.reason) == (None, "too_many_items")


def test_a_circle_of_many_items_goes_to_the_program_and_is_optimal_in_moves():
    generator = np.random.default_rng(8)
    ranks = generator.permuted(np.tile(np.arange(1.0, 17.0), (11, 1)), axis=1)
    pairwise = compare_pairs(ranks)
    found = kemeny(pairwise)
    bound = np.minimum(pairwise.wins, pairwise.wins.T)[np.triu_indices(16, 1)].sum()
    assert bound <= found.cost
    assert kemeny(pairwise).order == found.order


def test_every_input_becomes_the_same_internal_form():
    assert positions_from_approvals([[1, 0, 0]]).tolist() == [[1.0, 2.5, 2.5]]
    assert positions_from_points([[50, 50, np.nan]], budget=100).tolist() == [[1.5, 1.5, 3.0]]
    assert positions_from_best_worst([[1, 0, 0, 0]], [[0, 1, 0, 0]], [[1, 1, 1, 0]])[
        0, :3
    ].tolist() == [1.0, 3.0, 2.0]
    values, counted = values_of_votes([["agree", "unseen", "disagree", "pass"]])
    assert np.isnan(positions_from_ratings(values)[0, 1])
    assert positions_from_ratings(values)[0, [0, 3, 2]].tolist() == [1.0, 2.0, 3.0]
    assert [(c.agree, c.disagree, c.passed, c.unseen) for c in counted] == [
        (1, 0, 0, 0),
        (0, 0, 0, 1),
        (0, 1, 0, 0),
        (0, 0, 1, 0),
    ]
    sets = pairs_from_sets([(["a", "b", "c"], "a", None)], ["a", "b", "c"], weights=[2.0])
    assert sets.wins.tolist() == [[0, 2, 2], [0, 0, 0], [0, 0, 0]]
    duels = pairs_from_duels([("a", "b", 0)], ["a", "b"])
    assert duels.wins.tolist() == [[0, 0], [1, 0]]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: positions_from_points([[60, 60]], budget=100), "add up"),
        (lambda: positions_from_points([[-1, 60]]), "0 or more"),
        (lambda: positions_from_best_worst([[2]], [[0]], [[1]]), "more often"),
        (lambda: positions_from_approvals([[True]], [[False]]), "shown"),
        (lambda: values_of_votes([["maybe"]]), "Not a vote"),
        (lambda: pairs_from_sets([(["a", "b"], "a", "a")], ["a", "b"]), "two different"),
        (lambda: pairs_from_duels([("a", "a", 1)], ["a", "b"]), "two items"),
    ],
)
def test_input_that_contradicts_itself_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_preflib_of_today_and_of_old_read_the_same():
    new = "# NUMBER ALTERNATIVES: 3\n# ALTERNATIVE NAME 1: a\n# ALTERNATIVE NAME 2: b, c\n\n"
    new += "5: 2,{1,3}\n1: 3\n"
    old = "3\n1,a\n2,b, c\n3,3\n6,6,2\n5,2,{1,3}\n1,3\n"
    for text in (new, old):
        found = read_ballots(text, "toi")
        assert found.items == ("a", "b, c", "3")
        np.testing.assert_array_equal(found.ranks, [[2, 1, 2], [np.nan, np.nan, 1]])
        assert found.counts.tolist() == [5, 1]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("# NUMBER ALTERNATIVES: 2\n1: 1,3\n", "soc", "Line 2 names"),
        ("# NUMBER ALTERNATIVES: 2\n1: 1,1\n", "soc", "twice"),
        ("# NUMBER ALTERNATIVES: 2\n1: {1,2\n", "toc", "brace"),
        ("# NUMBER ALTERNATIVES: 2\nx: 1,2\n", "soc", "number of ballots"),
        ("1: 1,2\n", "soc", "how many alternatives"),
        ("", "soc", "how many alternatives"),
        ("3\n1,a\n", "soi", "ends before"),
        ("a,b\n1,first\n", "csv", "Line 2"),
        ("a,a\n1,2\n", "csv", "same name"),
        ("a,b\n", "csv", "no ballots"),
        ("", "csv", "no ballots"),
        ("1", "pdf", "Not a kind"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(text, kind, words):
    with pytest.raises(ValueError, match=words):
        read_ballots(text, kind)


def test_a_table_of_ranks_keeps_ties_and_gaps_and_weights():
    found = read_ballots("\ufeffid;a;b;weight\n1;1;1;2.5\n2;;3;1\n\n", "csv")
    assert found.items == ("a", "b")
    np.testing.assert_array_equal(found.ranks, [[1, 1], [np.nan, 3]])
    assert found.counts.tolist() == [2.5, 1]


def test_winning_votes_and_margins_can_differ():
    # A defeat of 5 to 4 is stronger by votes, one of 4 to 1 by margin.
    wins = np.array([[0.0, 5, 2], [4, 0, 4], [3, 1, 0]])
    pairwise = Pairwise(wins, np.zeros_like(wins))
    votes = schulze(pairwise).ranks.tolist()
    margins = schulze(pairwise, strength=Strength.MARGINS).ranks.tolist()
    assert votes != margins


def test_the_shared_table_is_read_by_others_alike(shared_data):
    """The reader against the standard library's."""
    path = shared_data / "data" / "consultations" / "debian_dpl_2007_ballots.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    found = debian(shared_data, 2007)
    assert list(found.items) == rows[0][1:]
    assert found.ranks.shape == (482, 9)
    assert int(np.isnan(found.ranks).sum()) == sum(not cell for row in rows[1:] for cell in row[1:])
