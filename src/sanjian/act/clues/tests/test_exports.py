"""What leaves the platform: the list as CSV, and the pack that a stranger can verify."""

import io
import json
import subprocess
import sys
import zipfile

from sanjian.act.clues.exports import as_csv, evidence_pack
from sanjian.act.clues.models import Clue
from sanjian.act.clues.queries import Precision, precision_per_screen
from sanjian.act.clues.services import take_step
from sanjian.base.config import config
from sanjian.base.evidence.store import Store

from .cast import NOW
from .test_take_finding import settle


def unpack(pack: bytes, folder) -> None:
    with zipfile.ZipFile(io.BytesIO(pack)) as files:
        files.extractall(folder)


def run_verifier(folder) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "verify.py"], cwd=folder, capture_output=True, text=True, check=False)


def test_a_pack_holds_findings_frozen_inputs_timeline_and_audit_and_verifies_with_python_alone(cast, tmp_path):
    store = Store(config().evidence_root)
    rows = store.put(b"frozen rows")
    manifest = store.put(json.dumps({"inputs": [{"sha256": rows}]}).encode())
    clue = cast.clue(inputs_sha256=manifest)
    take_step(clue, "dispatch", cast.supervisor, now=NOW, reason="核查")
    pack = evidence_pack(clue)
    assert evidence_pack(Clue.objects.get(id=clue.id)) == pack
    unpack(pack, tmp_path)
    assert (tmp_path / "inputs" / rows).read_bytes() == b"frozen rows"
    assert [e["act"] for e in json.loads((tmp_path / "timeline.json").read_text())] == ["open", "dispatch"]
    assert run_verifier(tmp_path).returncode == 0


def test_one_changed_byte_makes_the_verifier_name_the_file(cast, tmp_path):
    unpack(evidence_pack(cast.clue()), tmp_path)
    path = tmp_path / "findings.json"
    path.write_bytes(path.read_bytes().replace(b"128", b"98 "))
    result = run_verifier(tmp_path)
    assert result.returncode == 1
    assert "findings.json" in result.stdout


def test_a_frozen_input_that_is_gone_is_named(cast, tmp_path):
    unpack(evidence_pack(cast.clue(inputs_sha256="0" * 64)), tmp_path)
    assert json.loads((tmp_path / "manifest.json").read_text())["missing_inputs"] == ["0" * 64]


def test_a_spreadsheet_cannot_be_made_to_run_a_title(cast):
    clue = cast.clue(summary_zh="=HYPERLINK(1)")
    text = "".join(as_csv([clue], NOW))
    assert text.startswith("\ufeff")
    assert "'=HYPERLINK(1)" in text
    assert "待研判" in text


def test_precision_per_screen_counts_what_people_said(cast):
    assert precision_per_screen() == []
    for number, verdict in enumerate(["confirmed", "partly", "false_rule", "unfounded"]):
        clue = cast.clue(kind=f"k{number}")
        if verdict == "unfounded":
            take_step(clue, "dismiss", cast.supervisor, now=NOW, reason="x", verdict=verdict)
        else:
            settle(clue, cast, verdict, NOW)
    cast.clue(kind="open")
    settle(cast.clue(kind="frozen", screen="sources.frozen"), cast, "false_data", NOW)
    assert precision_per_screen() == [
        Precision("sources.exceedance", settled=4, confirmed=2, false_alarms=1),
        Precision("sources.frozen", settled=1, confirmed=0, false_alarms=1),
    ]
    assert precision_per_screen()[0].precision == 0.5
    assert precision_per_screen(cast.next_district_officer) == []
