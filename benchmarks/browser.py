"""A very small browser: keeps cookies, reads forms, sends them as it found them."""

import gzip
import http.client
import random
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit


@dataclass(slots=True)
class Control:
    """One input of a form, with what it can hold."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)


#: What goes into inputs that take no words.
SAMPLES = {"numeric": "7", "email": "somebody@example.org", "url": "https://example.org/"}


@dataclass(slots=True)
class Form:
    """A form as it stands in a page."""

    action: str
    controls: list[Control] = field(default_factory=list)

    def fill(self, dice: random.Random) -> list[tuple[str, str]]:
        """Answers by chance: everything that can be answered is."""
        values: list[tuple[str, str]] = []
        ranked = [c for c in self.controls if c.kind == "select" and "1" in c.options]
        places = {
            control.name: str(place + 1)
            for place, control in enumerate(dice.sample(ranked, len(ranked)))
            if str(place + 1) in control.options
        }
        for control in self.controls:
            if control.kind == "hidden":
                values.append((control.name, control.value))
            elif control in ranked:
                values.append((control.name, places.get(control.name, "")))
            elif control.name.endswith("-instead"):
                values.append((control.name, ""))
            elif control.name.endswith("-worst"):
                # Another than the best of the same set, which stands before it.
                best = dict(values).get(control.name.replace("-worst", "-best"))
                values.append((control.name, next(o for o in control.options if o and o != best)))
            elif control.kind in {"select", "radio"}:
                answers = [option for option in control.options if option] or control.options
                values.append((control.name, dice.choice(answers)))
            elif control.kind in SAMPLES:
                is_year = control.name.endswith("-year")
                values.append((control.name, "2026" if is_year else SAMPLES[control.kind]))
            elif control.kind == "checkbox":
                values.append((control.name, control.options[0]))
            elif control.kind == "text":
                words = dice.choices(_WORDS, k=dice.randint(5, 12))
                values.append((control.name, " ".join(words)))
        return values


_WORDS = [
    "rights",
    "safety",
    "standards",
    "access",
    "audit",
    "liability",
    "workers",
    "schools",
    "energy",
    "water",
    "data",
    "models",
    "testing",
    "limits",
    "treaty",
    "regions",
    "languages",
    "markets",
    "rules",
    "duty",
    "care",
    "trust",
    "harm",
    "benefit",
    "share",
]


class _Reader(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._select: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(found.get("action", "")))
        elif tag in {"link", "script", "img"}:
            self.links.append(found.get("href") or found.get("src") or "")
        elif tag == "option" and self._select is not None:
            self._select.options.append(found.get("value", ""))
        elif self.forms and found.get("name"):
            self._control(tag, found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None

    def _control(self, tag: str, found: dict[str, str]) -> None:
        controls = self.forms[-1].controls
        name, kind = found["name"], found.get("type", "text")
        if tag == "select":
            self._select = Control(name, "select")
            controls.append(self._select)
        elif found.get("inputmode") in {"numeric", "decimal"}:
            controls.append(Control(name, "numeric"))
        elif tag == "input" and kind in SAMPLES:
            controls.append(Control(name, kind))
        elif tag == "textarea" or (tag == "input" and kind == "text"):
            controls.append(Control(name, "text"))
        elif tag == "input" and kind == "hidden":
            controls.append(Control(name, "hidden", found.get("value", "")))
        elif tag == "input" and kind in {"radio", "checkbox"}:
            known = next((c for c in controls if c.name == name), None)
            if known is None:
                known = Control(name, kind)
                controls.append(known)
            known.options.append(found.get("value", "on"))


@dataclass(frozen=True, slots=True)
class Answer:
    """One response of the server."""

    status: int
    location: str
    body: bytes
    #: Bytes as they would cross the line, compressed by a proxy as every one does.
    weight: int

    def read(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.body.decode("utf-8"))
        return reader


class Browser:
    """One person's browser, over one kept connection."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._connection = http.client.HTTPConnection(self._host, self._port, timeout=30)
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._send("GET", path, None)

    def post(self, path: str, values: list[tuple[str, str]]) -> Answer:
        return self._send("POST", path, urlencode(values))

    def close(self) -> None:
        self._connection.close()

    def _send(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        data = response.read()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _separator, rest = line.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        head = sum(len(name) + len(value) + 4 for name, value in response.getheaders())
        return Answer(
            response.status,
            response.headers.get("Location", ""),
            data,
            len(gzip.compress(data, 6)) + head,
        )
