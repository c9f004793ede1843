"""HTML as plain text: lines stay, tags go, scripts go with all that is in them."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

_LINES: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    ]
)
_CELLS: Final = frozenset({"td", "th"})
#: Elements whose contents are no words for people.
_GONE: Final = frozenset(
    [
        "applet",
        "audio",
        "canvas",
        "embed",
        "head",
        "iframe",
        "math",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "script",
        "style",
        "svg",
        "template",
        "title",
        "video",
        "xmp",
        "plaintext",
    ]
)
#: Elements without an end, so that nothing is inside them.
_EMPTY: Final = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
_MEDIA: Final = frozenset({"img", "input", "button", "select", "textarea", "map", "area"})
_SHOWN: Final = frozenset({"b", "strong", "i", "em", "u", "s", "sub", "sup", "font", "mark"})
_WEB: Final = re.compile(r"(?:https?://|mailto:)[^\s<>\"']+\Z", re.IGNORECASE)
_SPACES: Final = re.compile(r"[ \t\r\n\f\v\u00a0]+")
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MARKUP: Final = re.compile(r"<[A-Za-z/!?]|&(?:#|[A-Za-z])")
_BLANK_LINES: Final = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Words:
    """A text without its markup, and what went with it."""

    text: str
    #: Names of elements that carried something.
    lost: tuple[str, ...] = ()


def plain(source: str) -> Words:
    """The words of a piece of HTML."""
    source = _UNSEEN.sub("", source.replace("\r\n", "\n"))
    if not _MARKUP.search(source):
        return Words(_tidy(source))
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return Words(_tidy("".join(reader.words)), tuple(dict.fromkeys(reader.lost)))


def _tidy(text: str) -> str:
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Collects words; what stands inside of elements that are gone is not among them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.lost: list[str] = []
        self._gone: list[str] = []
        self._link = ""
        self._link_start = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _GONE and tag not in _EMPTY:
            self._gone.append(tag)
        if tag in _GONE or tag in _MEDIA:
            self.lost.append(tag)
        if self._gone:
            return
        found = {name: value or "" for name, value in attrs}
        if tag in _LINES:
            self.words.append("\n\n" if tag in {"p", "table"} else "\n")
        if tag in _CELLS:
            self.words.append(" ")
        if tag == "li":
            self.words.append("• ")
        if tag == "img":
            self.words.append(found.get("alt", ""))
        if tag in _SHOWN:
            self.lost.append("formatting")
        if tag == "a":
            self._link, self._link_start = found.get("href", "").strip(), len(self.words)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._gone:
            del self._gone[self._gone.index(tag) :]
            return
        if self._gone:
            return
        if tag == "a":
            self._end_link()
        if tag in _LINES and tag not in _EMPTY:
            self.words.append("\n\n" if tag in {"p", "table", "ul", "ol"} else "\n")

    def _end_link(self) -> None:
        """The address stands behind the words that it was under."""
        shown = "".join(self.words[self._link_start :])
        address = self._link.removeprefix("mailto:")
        if self._link and not _WEB.match(self._link):
            self.lost.append("a")
        elif self._link and address not in shown:
            self.words.append(f" ({address})")
        self._link = ""

    def handle_data(self, data: str) -> None:
        if not self._gone:
            self.words.append(data)
