"""Which items stand together: balanced sets for best–worst, and the next pairs to compare."""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

ROUNDS = 60


def balanced_design(
    codes: Sequence[str], *, per_task: int, tasks: int, seed: int
) -> list[list[str]]:
    """Tasks of `per_task` items, each item as often as any other, each pair as evenly as found.

    Items are drawn for each task among those shown least often so far, those preferred that have
    met the task's other items least. Several draws are made and the most even one is kept.

    Parameters
    ----------
    codes : sequence of str
        At least `per_task` items.
    per_task, tasks : int
        Size of a task, and how many there are.
    seed : int
        The same seed gives the same design.

    Returns
    -------
    list of list of str
        Item counts differ by at most 1.
    """
    best: list[list[str]] = []
    least = None
    for attempt in range(ROUNDS):
        design = _draw(codes, per_task, tasks, random.Random(f"{seed}:{attempt}"))  # noqa: S311
        spread = _pair_spread(design, codes)
        if least is None or spread < least:
            best, least = design, spread
    return best


def _draw(codes: Sequence[str], per_task: int, tasks: int, dice: random.Random) -> list[list[str]]:
    shown: Counter[str] = Counter(dict.fromkeys(codes, 0))
    met: Counter[frozenset[str]] = Counter()
    design = []
    for _task in range(tasks):
        task: list[str] = []
        while len(task) < per_task:
            fewest = min(shown[code] for code in codes if code not in task)
            open_codes = [c for c in codes if c not in task and shown[c] == fewest]
            dice.shuffle(open_codes)
            code = min(open_codes, key=lambda c: sum(met[frozenset((c, other))] for other in task))
            shown[code] += 1
            task.append(code)
        met.update(frozenset(pair) for pair in combinations(task, 2))
        dice.shuffle(task)
        design.append(task)
    return design


def _pair_spread(design: list[list[str]], codes: Sequence[str]) -> int:
    """The sum of squares of how often each pair meets; smaller is more even."""
    met = Counter(frozenset(pair) for task in design for pair in combinations(task, 2))
    return sum(met[frozenset(pair)] ** 2 for pair in combinations(codes, 2))


Comparison = tuple[str, str, str]


def next_pairs(
    codes: Sequence[str], asked: Sequence[Comparison], *, count: int, seed: int
) -> list[tuple[str, str]]:
    """The pairs that tell most: items compared least often, then those closest so far.

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
    score = _scores(codes, asked)
    open_pairs = [pair for pair in combinations(codes, 2) if frozenset(pair) not in done]
    dice.shuffle(open_pairs)
    found: list[tuple[str, str]] = []
    while open_pairs and len(found) < count:
        left, right = min(
            open_pairs,
            key=lambda pair: (
                often[pair[0]] + often[pair[1]],
                abs(score[pair[0]] - score[pair[1]]),
            ),
        )
        open_pairs.remove((left, right))
        often.update((left, right))
        found.append((left, right) if dice.random() < 0.5 else (right, left))
    return found


def _scores(codes: Sequence[str], asked: Sequence[Comparison]) -> dict[str, float]:
    """The share of comparisons that an item won, pulled towards a half while there are few."""
    wins: Counter[str] = Counter()
    halves: Counter[str] = Counter()
    often: Counter[str] = Counter()
    for left, right, result in asked:
        often.update((left, right))
        if result == "tie":
            halves.update((left, right))
        else:
            wins[left if result == "left" else right] += 1
    return {code: (wins[code] + halves[code] / 2 + 1) / (often[code] + 2) for code in codes}
