"""How far two coders agree, theme by theme."""

from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from analysis.agreement.coders import Agreement, cohen_kappa, krippendorff_alpha
from analysis.errors import TooFewAnswers
from results.workbench.labels import Labels
from results.workbench.models import Theme


@dataclass(frozen=True, slots=True)
class ThemeAgreement:
    """One theme: what each said, and the coefficients; None where there is too little to say."""

    theme: Theme
    both_yes: int
    both_no: int
    first_only: int
    second_only: int
    unsure: int
    #: Of the answers compared, those where one coder could have seen the other's code before.
    not_blind: int
    kappa: Agreement | None
    alpha: Agreement | None

    @property
    def n(self) -> int:
        return self.both_yes + self.both_no + self.first_only + self.second_only


def by_theme(labels: Labels) -> list[ThemeAgreement]:
    """Agreement over the answers that both coders have read."""
    first, second = labels.pair()
    found = []
    for place, theme in enumerate(labels.themes):
        one, two = first[:, place], second[:, place]
        ids = labels.both()
        asked = sum(
            place in labels.by_place[1][key] and place in labels.by_place[2][key] for key in ids
        )
        clear = ~np.isnan(one) & ~np.isnan(two)
        seen = [(key, place) in labels.not_blind for key in ids]
        a, b = one[clear] == 1, two[clear] == 1
        kappa: Agreement | None = None
        alpha: Agreement | None = None
        with suppress(TooFewAnswers):
            kappa = cohen_kappa(one, two)
            alpha = krippendorff_alpha(np.vstack([one, two]))
        found.append(
            ThemeAgreement(
                theme=theme,
                both_yes=int((a & b).sum()),
                both_no=int((~a & ~b).sum()),
                first_only=int((a & ~b).sum()),
                second_only=int((~a & b).sum()),
                unsure=asked - int(clear.sum()),
                not_blind=int((clear & np.array(seen, dtype=bool)).sum()),
                kappa=kappa,
                alpha=alpha,
            )
        )
    return found
