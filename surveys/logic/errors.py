"""What can be wrong with an expression."""


class ExpressionError(Exception):
    """An expression that cannot be read or worked out.

    `position` counts characters from 0; `code` is stable; `name` is the function, question or
    feature the message speaks of.
    """

    def __init__(
        self, message: str, position: int = 0, code: str = "syntax", name: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.code = code
        self.name = name


def unsupported(feature: str, position: int) -> ExpressionError:
    """Something that other tools offer and we do not."""
    return ExpressionError(f"{feature} is not offered here.", position, "unsupported", feature)
