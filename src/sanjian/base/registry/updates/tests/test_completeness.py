"""The report counts what is filled, by weight, within what the viewer may see; the command prints it."""

import json

import pytest
import typer

from sanjian.base.registry.models import Body, Officer, Register
from sanjian.base.registry.tests.cast import Cast
from sanjian.base.registry.updates import commands, completeness

from .cast import CODES, NOW, applied, csv_of


def test_shares_count_what_is_filled(cast: Cast) -> None:
    report = completeness.report_of(Register.OBJECTS, cast.person["supervisor"], NOW)
    shares = {one.field: one.share for one in report.fields}
    assert report.records == 2
    assert (shares["name"], shares["latitude"], shares["address"]) == (1.0, 1.0, 0.0)
    assert report.valid_codes == 0.0, "the cast's codes have wrong check digits"
    assert [row["district"] for row in report.districts] == ["310115", "310116"]


def test_a_district_counts_its_own(cast: Cast) -> None:
    report = completeness.report_of(Register.OBJECTS, cast.person["keeper"], NOW)
    assert report.records == 1
    assert [row["district"] for row in report.districts] == ["310115"]


def test_sources_tell_their_age(cast: Cast) -> None:
    applied(csv_of((CODES[0], "丙厂", "浦东新区", "沪太路1号", "2614")), cast.person["keeper"])
    source = completeness.report_of(Register.OBJECTS, None, NOW).sources[0]
    assert (source.source, source.batches, source.age_days) == ("file-objects", 1, 0)


def test_certificates_count_once_an_officer(cast: Cast) -> None:
    body = Body.objects.create(code="pd", name="浦东", department="enforcement", territory=cast.plant.district)
    Officer.objects.create(body=body, staff_no="1", name="张三")
    report = completeness.report_of(Register.OFFICERS, None, NOW)
    assert (report.records, {f.field: f.filled for f in report.fields}["certificate_no"]) == (1, 0)


def test_an_empty_register_is_complete(db: None) -> None:
    assert all(one.completeness == 1.0 for one in completeness.report(None, NOW))


def test_the_report_command_prints_json_last(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    commands.report(as_json=True)
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [one["register"] for one in last["registers"]] == Register.values


def test_the_import_command_previews_applies_and_leaves_the_errors(
    cast: Cast, tmp_path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, errors = tmp_path / "t.csv", tmp_path / "errors.xlsx"
    file.write_bytes(csv_of((CODES[0], "丙厂", "浦东新区", "", ""), ("1", "坏", "浦东新区", "", ""), encoding="gbk"))
    with pytest.raises(typer.Exit) as left:
        commands.import_file(file, register="objects", username="keeper", apply=True, errors=errors, as_json=True)
    assert left.value.exit_code == 1
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["state"], last["counts"]["new"], last["counts"]["wrong"]) == ("applied", 1, 1)
    assert errors.exists()
    for username, register in (("officer", "objects"), ("", "objects"), ("keeper", "nothing")):
        with pytest.raises(typer.Exit) as left:
            commands.import_file(file, register=register, username=username, apply=False, errors=None, as_json=False)
        assert left.value.exit_code == 2
