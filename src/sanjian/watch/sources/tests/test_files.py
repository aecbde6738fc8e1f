"""The screens on plain files: no database, any of the usual formats, and errors that say where and what to do."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.lake import UTC_US, Column
from sanjian.base.screening import commands
from sanjian.base.screening.files import run_on_file
from sanjian.base.screening.parameters import BadParameter
from sanjian.base.screening.tables import BadTable, read_table

from .rows import at

HEAD = "device_mn,factor_code,data_time_at,value,data_flag\n"
ROWS = "".join(f"排口1,a21002,2026-11-23 {h:02d}:00,{v},N\n" for h, v in ((8, 40), (9, 128.0), (10, 90), (11, 30)))
LIMITS = "device_mn,factor_code,upper\n排口1,a21002,50\n"
FACTORS = "factor_code,name,unit,decimals\na21002,氮氧化物,mg/m³,1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hours.csv").write_text(HEAD + ROWS, encoding="utf-8")
    (tmp_path / "limits.csv").write_text(LIMITS, encoding="gbk")
    (tmp_path / "factors.csv").write_text("\ufeff" + FACTORS, encoding="utf-8")
    return tmp_path


def run(folder: Path, name: str = "sources.exceedance", rows: str = "hours.csv", **more):
    given = {"limits": folder / "limits.csv", "factors": folder / "factors.csv"}
    return run_on_file(name, folder / rows, facts=given, **more)


def test_a_csv_and_its_limits_give_the_finding_that_the_platform_would_give(folder):
    (found,) = run(folder).findings
    assert found.summary_zh == (
        "氮氧化物 小时均值 最高 128.0 mg/m³，超过限值 50 mg/m³（2026-11-23 09:00–11:00，连续 2 小时）"
    )
    assert found.started_at == at("2026-11-23 09:00"), "a time without a zone is a time in China"


def test_gbk_parquet_and_json_give_the_same_findings(folder):
    expected = [f.as_json() for f in run(folder).findings]
    table = pl.read_csv(folder / "hours.csv", try_parse_dates=True)
    (folder / "gbk.csv").write_text(HEAD + ROWS, encoding="gbk")
    table.write_parquet(folder / "hours.parquet")
    aware = table.with_columns(pl.col("data_time_at").dt.replace_time_zone("Asia/Shanghai"))
    aware.write_parquet(folder / "aware.parquet")
    rows = [r | {"data_time_at": str(r["data_time_at"])} for r in table.to_dicts()]
    (folder / "hours.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    for name in ("gbk.csv", "hours.parquet", "aware.parquet", "hours.json"):
        assert [f.as_json() for f in run(folder, rows=name).findings] == expected


@pytest.mark.parametrize("suffix", ["csv", "parquet", "json"])
def test_findings_are_written_by_the_suffix_of_the_output(folder, suffix):
    out = folder / f"findings.{suffix}"
    run(folder, output=out)
    if suffix == "json":
        assert json.loads(out.read_text(encoding="utf-8"))[0]["kind"] == "hourly_exceedance"
        return
    table = pl.read_csv(out) if suffix == "csv" else pl.read_parquet(out)
    assert table["started_at"][0] == "2026-11-23T09:00:00+08:00"
    assert table["severity"][0] == 5


def test_a_whole_family_runs_and_leaves_out_what_lacks_its_facts(folder):
    whole, without = run(folder, "sources").screens, run_on_file("sources", folder / "hours.csv").screens
    assert {"sources.exceedance", "sources.frozen", "sources.gap", "sources.tampering"} <= set(whole)
    assert set(whole) - set(without) == {"sources.exceedance"}
    assert "sources.parameters" not in whole  # nobody gave a file of device parameters


def test_parameters_can_be_set(folder):
    assert run(folder, overrides={"least_hours": "3"}).findings == ()
    with pytest.raises(BadParameter, match="没有名为 'nope' 的参数；可用："):
        run(folder, overrides={"nope": 1})
    with pytest.raises(BadParameter, match="least_hours"):
        run(folder, overrides={"least_hours": "many"})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "是空文件"),
        (b"PAR1\x00\x00\x00\x00", "二进制文件"),
        (b"\xff\xfe\xfd,\x81\n", "既不是 UTF-8 也不是 GBK"),
        (HEAD.replace("value", "val").replace("factor_code,", "").encode(), "缺少列 factor_code"),
        ((HEAD + "1,a21002,2026-13-01 08:00,40,N\n").encode(), "第 2 行 data_time_at 的值“2026-13-01 08:00”不是时间"),
        ((HEAD + ROWS + "1,a21002,2026-11-23 12:00,高,N\n").encode(), "第 6 行 value 的值“高”不是数字"),
        ((HEAD + "1,,2026-11-23 12:00,1,N\n").encode(), "第 2 行的 factor_code 是空的"),
        ((HEAD + "1,a,2026-11-23 12:00,1,N,extra,more\n").encode(), "不是规整的 CSV"),
        (HEAD.encode(), "没有数据行"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_reason(folder, content, message):
    (folder / "bad.csv").write_bytes(content)
    with pytest.raises(BadTable, match=message):
        run(folder, rows="bad.csv")


@pytest.mark.parametrize(
    ("name", "message"),
    [("none.csv", "没有文件"), ("table.xlsx", "不支持"), ("a.parquet", "不是 Parquet"), ("a.json", "不是 JSON")],
)
def test_a_wrong_file_is_refused_with_its_reason(folder, name, message):
    if name != "none.csv":
        (folder / name).write_text("hello")
    with pytest.raises(BadTable, match=message):
        run(folder, rows=name)


def test_missing_limits_and_unknown_outputs_are_said(folder):
    with pytest.raises(BadTable, match="请用 --limits"):
        run_on_file("sources.exceedance", folder / "hours.csv")
    with pytest.raises(BadTable, match=r"不能写成 out\.xlsx"):
        run(folder, output=folder / "out.xlsx")
    with pytest.raises(KeyError, match=r"sources\.exceedance"):
        run(folder, "sources.nothing")


@given(
    st.datetimes(min_value=datetime(1995, 1, 1)),  # noqa: DTZ001 -- a naive time is the point here
    st.sampled_from(["%Y-%m-%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]),
)
def test_every_usual_way_of_writing_a_time_is_read_as_a_time_in_china(tmp_path_factory, moment, form):
    moment = moment.replace(microsecond=0)
    path = tmp_path_factory.mktemp("times") / "t.csv"
    path.write_text(f"t\n{moment.strftime(form)}\n")
    table = read_table(path, (Column("t", UTC_US),), ("t",))
    assert table["t"].dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None)[0] == moment


def test_times_with_a_zone_keep_it(tmp_path):
    (tmp_path / "t.csv").write_text("t\n2026-11-23T01:00:00Z\n2026-11-23T09:00:00+08:00\n2026-11-23T02:00+01:00\n")
    table = read_table(tmp_path / "t.csv", (Column("t", UTC_US),), ("t",))
    assert table["t"].n_unique() == 1


def test_the_commands_print_tables_for_people_and_one_json_line_last(folder, capsys):
    commands.screen_list(as_json=True)
    commands.screen_describe("sources", as_json=True)
    commands.screen_run(
        "sources.exceedance",
        folder / "hours.csv",
        folder / "out.csv",
        facts={"limits": folder / "limits.csv"},
        parameters=["is_rounded=false"],
        now="2026-11-23T12:00",
        as_json=True,
    )
    said = capsys.readouterr()
    lines = [json.loads(line) for line in said.out.splitlines()]
    names = [s["name"] for s in lines[0]["screens"] if s["name"].startswith("sources.")]
    assert {"sources.exceedance", "sources.frozen", "sources.gap", "sources.tampering"} <= set(names)
    described = {s["name"]: s for s in lines[1]["screens"]}["sources.exceedance"]["inputs"]["readings"]
    assert {"name": "value", "also": "", "type": "数字", "required": False} in described
    assert {"name": "device_mn", "also": "mn", "type": "文本", "required": True} in described
    assert lines[2]["findings"] == 1
    assert "修约" in said.err


@pytest.mark.parametrize(
    "call",
    [
        lambda f: commands.screen_run("sources.exceedance", f / "hours.csv"),
        lambda f: commands.screen_run("nothing", f / "hours.csv"),
        lambda f: commands.screen_run("sources", f / "hours.csv", now="yesterday"),
        lambda f: commands.screen_run("sources", f / "hours.csv", parameters=["is_rounded"]),
        lambda f: commands.screen_describe("nothing"),
        lambda f: commands.finding_verify(str(f)),
    ],
)
def test_bad_input_ends_with_code_2_and_a_sentence(folder, capsys, call):
    with pytest.raises(typer.Exit) as ended:
        call(folder)
    assert ended.value.exit_code == 2
    assert capsys.readouterr().err.strip()


def test_it_runs_without_a_database_or_settings(folder):
    """A fresh interpreter with no settings and a home that nobody may make."""
    code = (
        "from pathlib import Path; from sanjian.base.screening.files import run_on_file as r; import sys;"
        f"print(len(r('sources', Path({str(folder / 'hours.csv')!r})).findings), 'django.db' in sys.modules)"
    )
    env = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"} | {"SANJIAN_HOME": "/dev/null/none"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "False"]
