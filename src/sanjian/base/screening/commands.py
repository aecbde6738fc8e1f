"""What `sanjian screen ...` and `sanjian finding ...` do. Exit codes: 0 done, 1 the finding does not hold, 2 bad input.

With `--json` the figures are one JSON line, the last one on standard output; everything for people goes to standard
error.
"""

import inspect
import json
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from sanjian.base.lake import Column

from .contract import Screen
from .facts import frame as fact_frame
from .families import chosen, load
from .files import Report, input_columns, run_on_file
from .folders import NotAFolder, export, verify_folder
from .parameters import BadParameter, plain
from .tables import BadTable, type_zh
from .verdicts import Verdict, verify

LOCAL = ZoneInfo("Asia/Shanghai")


def screen_list(as_json: bool = False) -> None:
    """List the screens that exist."""
    load()
    from .contract import all_screens

    table = Table("名称", "版本", "读取", "回看", "说明", title="筛查规则", title_justify="left")
    for s in all_screens():
        look_back = "、".join(_span(i.look_back.total_seconds()) for i in s.inputs)
        table.add_row(s.name, s.version, "、".join(i.stream for i in s.inputs), look_back, s.about_zh)
    _people().print(table)
    if as_json:
        _line({"screens": [{"name": s.name, "version": s.version, "about": s.about_zh} for s in all_screens()]})


def screen_describe(name: str, as_json: bool = False) -> None:
    """Say what a screen looks for, which columns its input files need, and what its parameters are."""
    described = [_describe(s) for s in _chosen(name)]
    if as_json:
        _line({"screens": described})


def screen_run(
    name: str,
    input_path: Path,
    output: Path | None = None,
    *,
    facts: dict[str, Path] | None = None,
    parameters: list[str] | None = None,
    now: str | None = None,
    as_json: bool = False,
) -> None:
    """Run a screen, or a whole family, on a file.

    Args:
        facts: fact frame -> file, from the options --points, --limits, --factors.
        parameters: `name=value` each.
        now: moment of judgement, ISO text; without a zone it is a time in China.
    """
    try:
        report = run_on_file(
            name, input_path, output, facts=facts, overrides=_overrides(parameters or []), now=_moment(now)
        )
    except (BadTable, BadParameter, KeyError) as error:
        _refuse(error)
    _show(report, output)
    if as_json:
        _line(
            {
                "screens": list(report.screens),
                "rows": report.rows,
                "subjects": report.subjects,
                "findings": len(report.findings),
                "now": report.now.astimezone(LOCAL).isoformat(),
                "output": str(output) if output else None,
            }
        )


def finding_verify(id_or_folder: str, as_json: bool = False, expect: str | None = None) -> None:
    """Verify a finding of this installation (number, fingerprint or manifest hash) or an exported folder."""
    load()
    try:
        path = Path(id_or_folder)
        verdict = verify_folder(path, expect=expect) if path.is_dir() else _verify_stored(id_or_folder)
    except (NotAFolder, LookupError) as error:
        _refuse(error)
    _show_verdict(verdict)
    if as_json:
        _line(verdict.as_json())
    if not verdict.holds:
        raise typer.Exit(1)


def finding_export(finding_id: str, folder: Path) -> None:
    """Write a finding as a folder that anyone can verify."""
    try:
        manifest, store = _stored(finding_id)
        names = export(manifest, store.get, folder)
    except (NotAFolder, LookupError, FileNotFoundError) as error:
        _refuse(error)
    console = _people()
    console.print(f"已写入 {folder}：{len(names)} 个文件；清单 SHA-256 {manifest}")
    console.print(f"核验：sanjian finding verify {folder}")


def _describe(s: Screen) -> dict[str, Any]:
    console = _people()
    console.print(f"\n[bold]{s.name}[/bold] 版本 {s.version}\n{s.about_zh}")
    for source in s.inputs:
        table = Table("列", "类型", "单位", "必需", "说明", title=f"输入 {source.stream}", title_justify="left")
        for column, required in input_columns(source):
            _row(table, column, required)
        console.print(table)
    files = [fact for fact in (fact_frame(s.family, n) for n in s.facts) if not fact.is_from_rows]
    for fact in files:
        need = "必需" if fact.name in s.must else "可选"
        title = f"登记信息 --{fact.name}（{need}）：{fact.about_zh}"
        table = Table("列", "类型", "单位", "必需", "说明", title=title, title_justify="left")
        for column in fact.columns:
            _row(table, column, column.name in fact.required)
        console.print(table)
    table = Table("参数", "缺省值", "单位", "说明", title="参数（-p 名称=值）", title_justify="left")
    for name, field in s.parameters.__dataclass_fields__.items():
        about = field.metadata.get("about_zh", "")
        table.add_row(name, _default(getattr(s.parameters, name)), field.metadata.get("unit", ""), about)
    console.print(table)
    console.print(inspect.getdoc(inspect.getmodule(s.run)) or "", style="dim")
    return {
        "name": s.name,
        "version": s.version,
        "inputs": {
            i.stream: [
                {"name": c.name, "also": c.also, "type": type_zh(c.dtype), "required": r} for c, r in input_columns(i)
            ]
            for i in s.inputs
        },
        "facts": {f.name: [c.name for c in f.columns] for f in files},
        "parameters": plain(s.parameters),
    }


def _row(table: Table, column: Column, required: bool) -> None:
    name = f"{column.name}（{column.also}）" if column.also else column.name
    table.add_row(name, type_zh(column.dtype), column.unit, "必需" if required else "可选", column.note)


def _default(value: Any) -> str:
    shown = plain(value)
    if isinstance(shown, list):
        return ",".join(str(v.get("code", v)) if isinstance(v, dict) else str(v) for v in shown)
    return str(shown)


def _show(report: Report, output: Path | None) -> None:
    console = _people()
    subjects: dict[str, int] = {}
    for f in report.findings:
        subjects[f.kind] = subjects.get(f.kind, 0) + 1
    moment = report.now.astimezone(LOCAL)
    console.print(
        f"{report.rows} 行，{report.subjects} 个对象，判定时刻 {moment:%Y-%m-%d %H:%M}，发现 {len(report.findings)} 条"
    )
    table = Table("对象", "种类", "严重", "把握", "摘要")
    for f in report.findings[:20]:
        table.add_row(f.subject, f.kind, str(f.severity), f"{f.confidence:.2f}", f.summary_zh)
    if report.findings:
        console.print(table)
    if len(report.findings) > 20:
        console.print(
            f"… 另有 {len(report.findings) - 20} 条" + (f"，全部在 {output}" if output else "，用 --output 写出全部")
        )


def _show_verdict(verdict: Verdict) -> None:
    console = _people()
    if verdict.finding:
        console.print(f"{verdict.finding['summary_zh']}\n清单 SHA-256 {verdict.manifest_sha256}（请与文书所载核对）")
    table = Table("检查", "结果", "详情")
    for check in verdict.checks:
        table.add_row(check.name, {True: "一致", False: "不符", None: "未比对"}[check.holds], check.seen_zh)
    console.print(table)
    console.print("[green]核验通过[/green]" if verdict.holds else "[red]核验不通过[/red]")


def _verify_stored(finding_id: str) -> Verdict:
    from sanjian.base.config import config
    from sanjian.base.lake import Lake

    manifest, store = _stored(finding_id)
    try:
        content = store.path(manifest).read_bytes()
    except FileNotFoundError:
        raise LookupError(f"证据库中没有清单 {manifest}") from None
    return verify(content, store.get, lake=Lake(config().lake_root), expect=manifest)


def _stored(finding_id: str) -> tuple[str, Any]:
    """The manifest hash of a stored finding, and the evidence store."""
    import django

    django.setup()
    from django.db.models import Q

    from sanjian.base.evidence.services import evidence_store

    from .models import FindingRecord

    by = Q(fingerprint=finding_id) | Q(inputs_sha256=finding_id)
    if finding_id.isdigit() and len(finding_id) < 19:
        by |= Q(pk=int(finding_id))
    record = FindingRecord.objects.filter(by).first()
    if record is None:
        raise LookupError(f"没有编号或指纹为 {finding_id} 的发现，也没有这样的文件夹")
    return record.inputs_sha256, evidence_store()


def _chosen(name: str) -> list[Screen]:
    try:
        return chosen(name)
    except KeyError as error:
        _refuse(error)


def _overrides(pairs: list[str]) -> dict[str, str]:
    given = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise BadParameter(f"参数应写作 名称=值，实际是 {pair!r}")
        given[name.strip()] = value.strip()
    return given


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadParameter(f"时间 {text!r} 应形如 2026-11-23T09:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)


def _refuse(error: Exception) -> NoReturn:
    message = str(error.args[0]) if error.args else str(error)
    Console(stderr=True, highlight=False).print(message, style="red", markup=False)
    raise typer.Exit(2)


def _people() -> Console:
    return Console(stderr=True, highlight=False)


def _line(values: dict[str, Any]) -> None:
    print(json.dumps(values, ensure_ascii=False))


def _span(seconds: float) -> str:
    return f"{seconds / 3600:g} 小时"
