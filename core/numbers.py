"""Whole numbers that come from an address or a form."""

MOST_DIGITS = 9


def whole_number(text: str, most_digits: int = MOST_DIGITS) -> int | None:
    """The number a text of a few plain digits stands for; None for anything else.

    Python's own test of digits lets "²" through, which is no number to it, and a number of some
    thousand digits is refused by it with an error; a store refuses what is longer than its column.
    """
    is_number = text.isascii() and text.isdigit() and len(text) <= most_digits
    return int(text) if is_number else None
