"""`sanjian registry citations`: what cites a provision that is not in force on a day."""

import json
from datetime import date

import typer
from django.utils import timezone
from django.utils.translation import gettext as _

from .citations import PARTS, Lapsed, lapsed


def citations(on: str, as_json: bool) -> None:
    """Print every lapsed citation with its replacement; exit status 1 when there is any.

    Args:
        on: day of conduct as YYYY-MM-DD; "" for today.
        as_json: one JSON object, last, instead of lines.
    """
    try:
        day = date.fromisoformat(on) if on else timezone.localdate()
    except ValueError as error:
        raise typer.BadParameter(_("日期应写成 YYYY-MM-DD，如 2026-08-15")) from error
    found = lapsed(day)
    if as_json:
        typer.echo(json.dumps({"on": day.isoformat(), "count": len(found), "citations": [_plain(x) for x in found]}))
    else:
        for x in found:
            instead = "、".join(str(basis) for basis in x.instead) or _("没有登记替代条款")
            part = _(PARTS.get(x.citation.part, x.citation.part))
            typer.echo(f"{x.citation.kind} {x.citation.record_id} {x.citation.title} {part}：{_name(x)} → {instead}")
        typer.echo(_("%(day)s 有 %(n)s 处引用的条款不在施行期内") % {"day": day, "n": len(found)})
    if found:
        raise typer.Exit(1)


def _plain(x: Lapsed) -> dict[str, object]:
    return {
        **{name: getattr(x.citation, name) for name in ("kind", "record_id", "title", "part", "basis_code")},
        "basis": _name(x),
        "valid_to": x.basis.valid_to.isoformat() if x.basis and x.basis.valid_to else None,
        "instead": [{"code": b.code, "name": str(b), "valid_from": b.valid_from.isoformat()} for b in x.instead],
    }


def _name(x: Lapsed) -> str:
    return str(x.basis) if x.basis else x.citation.basis_code
