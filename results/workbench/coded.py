"""What people said of the answers under a signed codebook, for the runs that come after it."""

from typing import Any

from results.snapshots import Frozen

AUDIT = "audit"


def read_labels(
    frozen: Frozen, labels: dict[str, Any]
) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    """Themes by contribution, and all themes looked for.

    A text that changed since it was coded has no themes any more.
    """
    frame = frozen.contributions
    if not labels or frame.is_empty():
        return {}, frozenset()
    hashes = dict(zip(frame["id"].to_list(), frame["text_hash"].to_list(), strict=True))
    found: dict[str, tuple[str, ...]] = {}
    looked_for: set[str] = set()
    for contribution, said in labels.items():
        if contribution == AUDIT or hashes.get(contribution) != said["hash"]:
            continue
        found[contribution] = tuple(sorted(said["yes"]))
        looked_for |= {*said["yes"], *said["no"]}
    return found, frozenset(looked_for)
