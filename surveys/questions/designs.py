"""Which items stand together: balanced sets for best–worst, and the next pairs to compare."""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import chain, combinations

#: How often the exchanges that make pairs more even go over a version.
PASSES = 4
#: Of how many drawn versions the most even is kept; small ones are quickly drawn.
MOST_DRAWS = 40
DRAWN_PLACES = 20_000

#: Item numbers of a set; how often each two items met.
Sets = list[list[int]]
Meetings = list[list[int]]
Comparison = tuple[str, str, str]


def balanced_design(
    codes: Sequence[str], *, per_task: int, tasks: int, versions: int, seed: int
) -> list[list[list[str]]]:
    """Sets of items, each item as often as any other and each pair as evenly as was found.

    Within a version, and over all of them, the numbers of times that two items are shown differ
    by one at most. A version is drawn from the items that are still due, those first that have
    met the set's other items least; then items are exchanged between its sets as long as that
    makes the pairs more even, over all versions so far. Places within the sets are shuffled.

    Parameters
    ----------
    codes : sequence of str
        At least `per_task` different items.
    per_task, tasks, versions : int
        Items in a set, sets in a version, and versions; each at least 1.
    seed : int
        The same arguments give the same design.

    Returns
    -------
    list of list of list of str
        Version -> set -> item codes.
    """
    dice = random.Random(f"{seed}:{per_task}:{tasks}")  # noqa: S311 - a plan, no secret
    draws = min(MOST_DRAWS, 1 + DRAWN_PLACES // (per_task * tasks) ** 2)
    shown = [0] * len(codes)
    met = [[0] * len(codes) for _code in codes]
    design = []
    for _version in range(versions):
        drawn = [_version_of(shown, met, per_task, tasks, dice) for _draw in range(draws)]
        version = min(drawn, key=lambda sets: _unevenness(_with(met, sets)))
        met = _with(met, version)
        for item in chain.from_iterable(version):
            shown[item] += 1
        design.append(
            [[codes[task[place]] for place in _order(per_task, dice)] for task in version]
        )
    return design


def _order(count: int, dice: random.Random) -> list[int]:
    """A random order; of all draws, `random()` alone is the same in every Python."""
    return sorted(range(count), key=lambda _place: dice.random())


def _due(shown: Sequence[int], places: int, dice: random.Random) -> list[int]:
    """How often each item stands in a version: those shown least so far get what is left over."""
    each, left_over = divmod(places, len(shown))
    first = sorted(_order(len(shown), dice), key=lambda item: shown[item])[:left_over]
    return [each + (item in first) for item in range(len(shown))]


def _version_of(
    shown: Sequence[int], before: Meetings, per_task: int, tasks: int, dice: random.Random
) -> Sets:
    """A version where each item stands as often as it is due."""
    left = _due(shown, per_task * tasks, dice)
    met = [list(row) for row in before]
    found: Sets = []
    for _task in range(tasks):
        task: list[int] = []
        while len(task) < per_task:
            # Those with most places to go must come first, or they would not fit in later.
            item = min(
                (item for item in _order(len(shown), dice) if item not in task),
                key=lambda item: (-left[item], sum(met[item][other] for other in task)),
            )
            left[item] -= 1
            task.append(item)
        _count(met, task)
        found.append(task)
    _exchange_all(found, met)
    return found


def _count(met: Meetings, task: Sequence[int]) -> None:
    for one, other in combinations(task, 2):
        met[one][other] += 1
        met[other][one] += 1


def _with(met: Meetings, sets: Sets) -> Meetings:
    """How often pairs have met once these sets are shown too."""
    found = [list(row) for row in met]
    for task in sets:
        _count(found, task)
    return found


def _unevenness(met: Meetings) -> int:
    """The sum of squares of how often each pair meets; smaller is more even."""
    return sum(count * count for row in met for count in row)


def _exchange_all(sets: Sets, met: Meetings) -> None:
    """Exchange items between sets as long as that makes the pairs more even."""
    for _pass in range(PASSES):
        gains = [_exchange(one, other, met) for one, other in combinations(sets, 2)]
        if not any(gains):
            break


def _exchange(one: list[int], other: list[int], met: Meetings) -> bool:
    """Exchange what evens out the pairs of two sets; whether there was anything."""
    has_gained = False
    for here in range(len(one)):
        for there in range(len(other)):
            mine, theirs = one[here], other[there]
            if mine in other or theirs in one:
                continue
            # Items that stand in both sets meet the two as often as before.
            mates = [item for item in one if item != mine and item not in other]
            others = [item for item in other if item != theirs and item not in one]
            if _gain(mine, theirs, mates, met) + _gain(theirs, mine, others, met) > 0:
                _move(mine, theirs, mates, met)
                _move(theirs, mine, others, met)
                one[here], other[there] = theirs, mine
                has_gained = True
    return has_gained


def _gain(item: int, by: int, company: Sequence[int], met: Meetings) -> int:
    """By how much the squares shrink if `by` takes the place of `item` among this company.

    Its pairs go from a to a - 1 and those of `by` from b to b + 1, which is 2(a - b - 1) less.
    """
    return sum(2 * (met[item][other] - met[by][other] - 1) for other in company)


def _move(item: int, by: int, company: Sequence[int], met: Meetings) -> None:
    for other in company:
        met[item][other] -= 1
        met[other][item] -= 1
        met[by][other] += 1
        met[other][by] += 1


def next_pairs(
    codes: Sequence[str], asked: Sequence[Comparison], *, count: int, seed: int
) -> list[tuple[str, str]]:
    """The pairs that tell most: items compared least often, then those that stand closest.

    Parameters
    ----------
    codes : sequence of str
    asked : sequence of (left, right, "left" | "right" | "tie")
        What was compared before.
    count : int
        How many pairs are wanted; fewer come where all have been asked.
    seed : int
        Decides between equals, and which item stands left.
    """
    dice = random.Random(f"{seed}:{len(asked)}")  # noqa: S311 - an order, no secret
    done = {frozenset(pair[:2]) for pair in asked}
    often = Counter(code for pair in asked for code in pair[:2])
    lead = _leads(asked)
    shuffled = [codes[place] for place in _order(len(codes), dice)]
    left_over = [pair for pair in combinations(shuffled, 2) if frozenset(pair) not in done]
    found: list[tuple[str, str]] = []
    while left_over and len(found) < count:
        one, other = min(
            left_over,
            key=lambda pair: (
                *sorted((often[pair[0]], often[pair[1]])),
                abs(lead[pair[0]] - lead[pair[1]]),
            ),
        )
        left_over.remove((one, other))
        often.update((one, other))
        found.append((one, other) if dice.random() < 0.5 else (other, one))
    return found


def _leads(asked: Sequence[Comparison]) -> Counter[str]:
    """Wins less losses of each item; a tie moves neither."""
    found: Counter[str] = Counter()
    for left, right, result in asked:
        found[left] += (result == "left") - (result == "right")
        found[right] += (result == "right") - (result == "left")
    return found
