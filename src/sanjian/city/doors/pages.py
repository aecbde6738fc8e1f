"""What a person's browser makes of a page: its text, its links, and its forms as they stand, ready to be filled."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]


@dataclass(slots=True)
class Form:
    """One form.

    Args:
        given: what it would send untouched: hidden fields, preset texts, ticked boxes.
        choices: by name of field what can be chosen: value -> what stands beside it.
    """

    action: str
    given: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def pick(self, name: str, words: str = "") -> str:
        """The first value whose words hold `words`, else the first of all. KeyError when nothing can be chosen."""
        values = self.choices[name]
        return next((value for value, said in values.items() if words and words in said), next(iter(values)))


@dataclass(slots=True)
class Page:
    """An answer of the platform."""

    status: int
    path: str
    text: str
    forms: list[Form] = field(default_factory=list)

    def form(self, action: str) -> Form:
        """The first form whose action ends so; LookupError names the page and what stands on it."""
        found = next((f for f in self.forms if _plain(f.action).endswith(_plain(action))), None)
        if found is None:
            raise LookupError(f"{self.path} ({self.status}) 上没有表单 {action}：{self.complaint() or '无提示'}")
        return found

    def link(self, pattern: str) -> str | None:
        """The first address on the page that matches."""
        found = re.search(f'href="({pattern})"', self.text)
        return found[1].replace("&amp;", "&") if found else None

    def complaint(self) -> str:
        """What the page says is wrong, in its own words."""
        said = re.findall(r'<(span|p)[^>]*class="[^"]*(?:error|alarm)[^"]*"[^>]*>(.*?)</\1>', self.text, re.DOTALL)
        refusals = re.findall(r'role="alert".*?</section>', self.text, re.DOTALL)
        said += [("li", text) for block in refusals for text in re.findall(r"<li>(.*?)</li>", block, re.DOTALL)]
        return "；".join(re.sub(r"<[^>]+>", "", text).strip() for _tag, text in said)[:300]


def _plain(address: str) -> str:
    return address.partition("?")[0].rstrip("/")


def read(status: int, path: str, text: str) -> Page:
    """A page with its forms."""
    reader = _Reader(path)
    reader.feed(text)
    return Page(status, path, text, reader.forms)


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._path = path
        self._form: Form | None = None
        self._select = self._area = ""
        self._labelled: list[tuple[str, str]] = []
        self._text: list[str] = []
        self._option: tuple[str, bool] | None = None

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(told.get("action") or self._path)
            self.forms.append(self._form)
        if tag == "label":
            self._labelled, self._text = [], []
        if self._form is None:
            return
        name = told.get("name", "")
        if name:
            self._form.names.add(name)
        if tag == "input" and name:
            self._input(self._form, name, told)
        elif tag == "select":
            self._select = name
            self._form.choices.setdefault(name, {})
        elif tag == "option" and self._select:
            self._text, self._option = [], (told.get("value", ""), "selected" in told)
        elif tag == "textarea":
            self._area, self._text = name, []

    def _input(self, form: Form, name: str, told: dict[str, str]) -> None:
        kind, value = told.get("type", "text"), told.get("value", "")
        if kind in ("radio", "checkbox"):
            value = value or "on"
            form.choices.setdefault(name, {})[value] = ""
            self._labelled.append((name, value))
            if "checked" in told:
                form.given.setdefault(name, []).append(value)
        elif kind not in ("file", "submit", "button"):
            form.given[name] = [value]

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        said = "".join(self._text).strip()
        if tag == "form":
            self._form = None
        if self._form is None:
            return
        if tag == "label":
            for name, value in self._labelled:
                self._form.choices[name][value] = said
            self._labelled = []
        elif tag == "option" and self._option and self._select:
            value, is_selected = self._option
            self._form.choices[self._select][value] = said
            if is_selected or self._select not in self._form.given:
                self._form.given[self._select] = [value]
            self._option = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._form.given[self._area] = [said]
