"""`sanjian registry import` and `sanjian registry report`."""

import json
import sys
import time
from pathlib import Path
from typing import NoReturn

import typer
from django.utils import timezone

from sanjian.base.identity.models import Account
from sanjian.base.registry.models import ImportBatch, ImportRow, Register

from . import completeness, services, sheets
from .queries import shown_row
from .readers import NotReadable

_SHOWN = 20


def import_file(file: Path, *, register: str, username: str, apply: bool, errors: Path | None, as_json: bool) -> None:
    """Preview a file, and apply it when asked to. Leaves with status 1 when lines are wrong or doubtful."""
    if register not in Register.values:
        _refuse(f"没有名为 {register} 的登记库；可用：{'、'.join(Register.values)}")
    actor = Account.objects.filter(username=username, is_active=True).first()
    if actor is None:
        _refuse("请用 --account 说明以哪个账号的名义导入（监管人员）")
    if not file.is_file():
        _refuse(f"没有文件 {file}")
    began, now = time.perf_counter(), timezone.now()
    try:
        batch = services.submit(
            file.read_bytes(),
            name=file.name,
            register=register,
            actor=actor,
            at=now,
            valid_from=timezone.localdate(now),
        )
    except (services.UpdateError, NotReadable) as error:
        _refuse(str(error))
    services.read_now(batch, now)
    if batch.state == ImportBatch.State.FAILED:
        _refuse(batch.problem)
    previewed_s = time.perf_counter() - began
    if apply:
        services.confirm(batch, actor=actor, at=timezone.now())
        services.apply_now(batch, timezone.now())
    unclear = batch.counts["wrong"] + batch.counts["doubtful"]
    if errors is not None and unclear:
        errors.write_bytes(sheets.rows_to_correct(batch))
    _tell(batch, errors if unclear else None)
    if as_json:
        print(json.dumps({
            "batch": batch.pk, "state": batch.state, "rows": batch.total_rows, "counts": batch.counts,
            "preview_s": round(previewed_s, 2), "seconds": round(time.perf_counter() - began, 2),
        }, ensure_ascii=False))  # fmt: skip
    if unclear:
        raise typer.Exit(1)


def _tell(batch: ImportBatch, errors: Path | None) -> None:
    print(f"第 {batch.pk} 批 {batch.get_state_display()}：{batch.total_rows} 行")
    print("  ".join(f"{ImportRow.Outcome(name).label} {n}" for name, n in batch.counts.items()))
    if batch.problem:
        print(batch.problem)
    for row in batch.rows.filter(outcome__in=("wrong", "doubtful")).order_by("line_no")[:_SHOWN]:
        shown = shown_row(row, batch.register)
        print(
            f"第 {row.line_no} 行 {shown['title']}：" + "；".join(f"{head} {said}" for head, said in shown["problems"])
        )
    if errors is not None:
        print(f"待更正的行写到 {errors}")


def report(as_json: bool) -> None:
    """Print the completeness and freshness of every register."""
    reports = completeness.report(None, timezone.now())
    for one in reports:
        valid = "" if one.valid_codes is None else f"  代码有效 {one.valid_codes:.1%}"
        print(f"{one.name}：{one.records} 条  完整 {one.completeness:.1%}{valid}")
    if as_json:
        print(json.dumps({"registers": completeness.as_json(reports)}, ensure_ascii=False, default=str))


def _refuse(why: str) -> NoReturn:
    print(why, file=sys.stderr)
    raise typer.Exit(2)
