"""A scope, a condition and a list of options in words, and back from what a person typed.

running = no        kind in fault,none        flow > 50        a = no 且 b = yes        a = no 或 b = no
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sanjian.base.identity.models import District
from sanjian.base.registry.models import Listing, ObjectFacts, ObjectRole
from sanjian.base.registry.rules.questions import option

SCOPE_LABELS = {
    "roles": gettext_noop("角色"),
    "lists": gettext_noop("名录"),
    "permit_class": gettext_noop("许可管理类别"),
    "supervision": gettext_noop("监管类别"),
    "industry": gettext_noop("行业"),
    "districts": gettext_noop("行政区"),
}
CHOICES = {
    "roles": ObjectRole.Role.choices,
    "lists": Listing.List.choices,
    "permit_class": ObjectFacts.PermitClass.choices,
    "supervision": ObjectFacts.Supervision.choices,
}
FAULT_MARK = "[不合格]"


def scope_words(scope: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """A scope as rows of (label, values); no row means every object."""
    rows = []
    for key, wanted in scope.items():
        names = {code: _(name) for code, name in CHOICES.get(key, [])}
        if key == "districts":
            names = dict(District.objects.filter(code__in=wanted).values_list("code", "name"))
        if key == "industry":
            names = {prefix: f"{prefix}…" if len(prefix) < 4 else prefix for prefix in wanted}
        rows.append((_(SCOPE_LABELS.get(key, key)), [names.get(value, value) for value in wanted]))
    return rows


_SIGNS = {"is": "=", "in": "in", "above": ">", "below": "<"}


def condition_text(condition: Mapping[str, Any] | None) -> str:
    """A condition as a person types it; one that is nested deeper stays JSON."""
    if not condition:
        return ""
    for joint, word in (("all", " 且 "), ("any", " 或 ")):
        if joint in condition:
            parts = [condition_text(part) for part in condition[joint]]
            is_flat = all("question" in part for part in condition[joint])
            return word.join(parts) if is_flat else json.dumps(condition, ensure_ascii=False)
    for test, sign in _SIGNS.items():
        if test in condition:
            value = condition[test]
            return f"{condition['question']} {sign} {','.join(value) if isinstance(value, list) else _plain(value)}"
    return json.dumps(condition, ensure_ascii=False)


def condition_from(text: str) -> dict[str, Any]:
    """The condition that a person typed; {} for none.

    Raises:
        ValueError: it cannot be read; the message says how to write it.
    """
    text = text.strip()
    if not text:
        return {}
    if text.startswith("{"):
        try:
            read = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(_("出现条件不是完整的 JSON")) from error
        return read  # type: ignore[no-any-return]
    for joint, word in (("all", "且"), ("any", "或")):
        if word in text:
            return {joint: [_one(part) for part in text.split(word)]}
    return _one(text)


def _one(text: str) -> dict[str, Any]:
    """One comparison: the value after > and < is a number, else a code; several codes after `in`."""
    for test, sign in (("above", ">"), ("below", "<"), ("is", "="), ("in", " in ")):
        code, found, value = text.partition(sign)
        if found and code.strip() and value.strip():
            return {"question": code.strip(), test: _value(test, value.strip())}
    raise ValueError(_("出现条件请写成 running = no、kind in a,b 或 flow > 50，多个条件用 且 或 或 连接"))


def _value(test: str, text: str) -> Any:
    if test == "in":
        return [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]
    if test == "is":
        return text
    try:
        return float(text)
    except ValueError as error:
        raise ValueError(_("大于、小于后面应是数值")) from error


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def options_text(options: Sequence[object]) -> str:
    """Options a line each: code = label, and a mark behind those that are shortcomings."""
    full = [option(given) for given in options]
    return "\n".join(
        f"{o['value']} = {o['label']}{f' {FAULT_MARK}' if o['is_fault'] else ''}" for o in full
    )  # fmt: skip


def options_from(text: str) -> list[dict[str, Any]]:
    """The options that a person typed, a line each; a line without "=" is code and label at once."""
    found = []
    for line in text.splitlines():
        rest = line.replace(FAULT_MARK, "").strip()
        if not rest:
            continue
        value, sign, label = rest.partition("=")
        one: dict[str, Any] = {"value": value.strip(), "label": label.strip() if sign else value.strip()}
        if FAULT_MARK in line:
            one["is_fault"] = True
        found.append(one)
    return found
