"""A test client that reads pages as a browser would and submits the forms it finds in them."""

import re
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
HTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True)
class Form:
    """A form as it stands in a page: where it goes and what it would send untouched."""

    action: str
    method: str
    fields: dict[str, list[str]]
    buttons: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Page:
    """One parsed page."""

    status: int
    root: ET.Element
    source: str

    def text(self) -> str:
        return " ".join("".join(self.root.itertext()).split())

    def find(self, tag: str, **attributes: str) -> list[ET.Element]:
        return [
            element
            for element in self.root.iter(HTML + tag)
            if all(element.get(name.rstrip("_")) == value for name, value in attributes.items())
        ]

    @property
    def language(self) -> str:
        return self.root.get("lang") or ""

    @property
    def direction(self) -> str:
        return self.root.get("dir") or ""

    def form(self, action_part: str = "") -> Form:
        """The one form whose action contains this."""
        found = [
            element for element in self.find("form") if action_part in (element.get("action") or "")
        ]
        if action_part == "":
            found = [element for element in found if element.get("action") != "/language"]
        assert len(found) == 1, f"{len(found)} forms go to {action_part!r}"
        return read_form(found[0])


class PageClient(FlaskClient):
    """Parses every page; a page that no browser should get fails the test."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        assert response.status_code < 500, f"status {response.status_code}"
        if response.mimetype == "text/html" and response.get_data(as_text=True).strip():
            parse(response)
        return response

    def page(self, url: str, **kwargs: Any) -> Page:
        kwargs.setdefault("follow_redirects", True)
        return parse(self.get(url, **kwargs))

    def submit(self, form: Form, values: dict[str, Any] | None = None, **kwargs: Any) -> Page:
        """Send a form with some fields changed; a list ticks several boxes, None unticks."""
        fields: dict[str, Any] = dict(form.fields)
        for name, value in (values or {}).items():
            if value is None:
                fields.pop(name, None)
            else:
                fields[name] = value
        kwargs.setdefault("follow_redirects", True)
        call = self.post if form.method == "post" else self.get
        key = "data" if form.method == "post" else "query_string"
        return parse(call(form.action, **{key: fields}, **kwargs))


def parse(response: TestResponse) -> Page:
    """Parse strictly where it matters: the whole document, with its errors named."""
    source = response.get_data(as_text=True)
    parser = html5lib.HTMLParser(namespaceHTMLElements=True)
    root = parser.parse(source)
    if source.lstrip().lower().startswith("<!doctype"):
        assert not parser.errors, f"HTML errors: {parser.errors[:5]}"
        # A browser shows a tag in a title as it is written.
        tagged = [title for title in TITLE.findall(source) if "<" in title]
        assert not tagged, f"a title holds markup: {tagged}"
    return Page(status=response.status_code, root=root, source=source)


def read_form(element: ET.Element) -> Form:
    fields: dict[str, list[str]] = {}
    buttons: list[tuple[str, str]] = []
    for control in element.iter():
        tag = control.tag.removeprefix(HTML) if isinstance(control.tag, str) else ""
        name = control.get("name")
        if tag == "button" and name:
            buttons.append((name, control.get("value") or ""))
        if not name or control.get("disabled") is not None:
            continue
        fields.setdefault(name, []).extend(_values(tag, control))
    return Form(
        action=element.get("action") or "",
        method=(element.get("method") or "get").lower(),
        fields={name: values for name, values in fields.items() if values},
        buttons=tuple(buttons),
    )


def _values(tag: str, control: ET.Element) -> list[str]:
    if tag == "input":
        kind = (control.get("type") or "text").lower()
        if kind in {"submit", "button", "image", "file"}:
            return []
        if kind in {"radio", "checkbox"} and control.get("checked") is None:
            return []
        return [control.get("value") or ("on" if kind in {"radio", "checkbox"} else "")]
    if tag == "textarea":
        return [(control.text or "").removeprefix("\n")]
    if tag == "select":
        return _selected(control)
    return []


def _selected(control: ET.Element) -> list[str]:
    options = list(control.iter(HTML + "option"))
    chosen = [option for option in options if option.get("selected") is not None]
    if not chosen and control.get("multiple") is None:
        chosen = options[:1]
    return [
        option.get("value") if option.get("value") is not None else (option.text or "")
        for option in chosen
    ]
