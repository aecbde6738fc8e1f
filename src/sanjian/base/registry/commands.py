"""`sanjian registry check-ids`: codes held against their checks, with no database."""

import json
import time
from pathlib import Path

import typer

from .identifiers import vectors

_SHOWN = 20


def check_ids(file: Path, *, mutations: int, as_json: bool) -> None:
    """Check a file of codes, then damage its valid codes; exits with 1 when anything is not as it should be."""
    try:
        lines = list(vectors.read(file.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, ValueError) as error:
        print(f"无法读取：{error}")
        raise typer.Exit(1) from error
    mismatches, unlabelled = 0, 0
    for line_no, code, is_valid in lines:
        fault = vectors.fault(code)
        if is_valid is None:
            unlabelled += fault is not None
        elif is_valid == (fault is None):
            continue
        else:
            mismatches += 1
        if fault or is_valid is not None:
            expected = {None: "", True: "（应为有效）", False: "（应为无效）"}[is_valid]
            print(f"第 {line_no} 行 {code}：{fault or '有效'}{expected}")
    checked = [code for _line, code, _said in lines if len(code) in {18, 22} and not code.startswith("H9")]
    good = [code for code in checked if vectors.fault(code) is None]
    started = time.perf_counter()
    wanted = mutations if good else 0
    accepted = vectors.accepted_mutations(good, wanted)
    seconds = time.perf_counter() - started
    for code, mutant in accepted[:_SHOWN]:
        print(f"漏过的改动：{code} → {mutant}")
    summary = {
        "vectors": len(lines), "mismatches": mismatches, "unlabelled_invalid": unlabelled, "mutated_codes": len(good),
        "mutations": wanted, "accepted": len(accepted), "seconds": round(seconds, 2),
    }  # fmt: skip
    if as_json:
        print(json.dumps(summary, ensure_ascii=False))
    else:
        print(f"标识 {len(lines)} 个，与标注不符 {mismatches} 个")
        print(f"单字符改动 {wanted} 次，校验位漏过 {len(accepted)} 次（{seconds:.1f} 秒）")
    if mismatches or accepted:
        raise typer.Exit(1)
