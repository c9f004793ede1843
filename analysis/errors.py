"""What the analysis library raises. Too little data is an error with its numbers, not a guess."""


class AnalysisError(Exception):
    """Root of the library's errors."""


class TooFewAnswers(AnalysisError):
    """There is too little data for what was asked.

    Attributes
    ----------
    n : int
        What there is.
    needed : int
        What it would take.
    """

    def __init__(self, n: int, needed: int) -> None:
        super().__init__(f"{n} found, {needed} needed")
        self.n = n
        self.needed = needed


class EmptyCells(AnalysisError):
    """Groups have a declared share, but nobody of them answered: weights invent nobody.

    Attributes
    ----------
    margin : str
        The dimension of the groups.
    keys : tuple of str
        The groups that nobody belongs to, in the order in which they were declared.
    """

    def __init__(self, margin: str, keys: tuple[str, ...]) -> None:
        super().__init__(f"nobody answered from {margin}: {', '.join(keys)}")
        self.margin = margin
        self.keys = keys
