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


#: Functions that other tools know. An import that meets one can name it, and say why it stops.
NOT_OFFERED = frozenset(
    {
        # XPath 1.0: they speak of places in a document.
        "position", "last", "id", "lang", "name", "local-name", "namespace-uri",
        # ODK: repeats, lists, maps and the device.
        "indexed-repeat", "pulldata", "instance", "current", "area", "enclosed-area", "distance",
        "geofence", "intersects", "digest", "base64-decode", "extract-signed", "randomize",
        "jr:itext", "itext", "search", "lookup", "version", "property", "depend", "is-selected",
        "last-saved",
        # Its kin.
        "index", "item-at", "item-index", "item-present", "count-items", "rank-index", "rank-value",
        "join-if", "sum-if", "count-if", "min-if", "max-if", "concat-if", "linebreak",
        "format-number", "de-duplicate", "geo-scatter", "short-geopoint", "hash", "relevant",
        # Later XPath.
        "upper-case", "lower-case", "matches", "replace", "tokenize", "string-join", "avg",
    }
)  # fmt: skip


def unsupported(feature: str, position: int, name: str = "") -> ExpressionError:
    """Something that other tools offer and we do not."""
    message = f"{feature} is not offered here."
    return ExpressionError(message, position, "unsupported", name or feature)


def unsupported_function(name: str, position: int) -> ExpressionError:
    """A function that other tools offer and we do not."""
    message = f"The function {name}() is not offered here."
    return ExpressionError(message, position, "unsupported_function", name)
