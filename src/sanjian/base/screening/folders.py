"""A frozen finding as a folder that a stranger can verify: no database, no lake, only this program and the folder.

manifest.json             what was judged, by which rule, with which parameters, at which moment, and the finding
inputs/<stream>.parquet   the subject's own rows
facts/<name>.parquet      limits, factors and so on, as they stood
README.txt                how to verify, in Chinese and English
SHA256SUMS                of all files above, in the format of sha256sum
"""

import json
from pathlib import Path

from .slices import Get, files_of, sha256
from .verdicts import Check, Verdict, verify

SUMS = "SHA256SUMS"
README = """三监联动 筛查发现的冻结证据

本文件夹含一条筛查发现所依据的全部数据，以及规则、参数与判定时刻。任何人都可以用同一版本的规则重算：

    sanjian finding verify 本文件夹

不需要数据库，也不需要联网。清单的 SHA-256 是 {manifest}，
请与收到的文书或线索页面上所载的哈希核对：一致，则本文件夹就是当时冻结的那一份。
文件哈希也可以用任何工具核对：sha256sum -c SHA256SUMS

Frozen evidence of one screening finding. Run `sanjian finding verify FOLDER` to repeat the judgement with the same
version of the rule; compare the SHA-256 of manifest.json above with the one printed in the notice you received.
"""


class NotAFolder(ValueError):
    """The folder is not an exported finding; the message says what is missing."""


def export(manifest_sha256: str, get: Get, folder: Path) -> list[str]:
    """Write a finding as a folder; the same finding gives the same bytes.

    Args:
        manifest_sha256: `FindingRecord.inputs_sha256`.
        folder: made if need be; must be empty.

    Returns:
        The names of the files written.

    Raises:
        NotAFolder: the folder holds other files.
        FileNotFoundError, Tampered: from `get`.
    """
    if folder.exists() and any(folder.iterdir()):
        raise NotAFolder(f"文件夹 {folder} 不是空的，请换一个")
    manifest = get(manifest_sha256)
    files = {name: get(digest) for name, digest in files_of(json.loads(manifest)).items()}
    files["manifest.json"] = manifest
    files["README.txt"] = README.format(manifest=manifest_sha256).encode()
    sums = "".join(f"{sha256(files[name])}  {name}\n" for name in sorted(files))
    for name, content in {**files, SUMS: sums.encode()}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return sorted([*files, SUMS])


def verify_folder(folder: Path, *, expect: str | None = None) -> Verdict:
    """Verify an exported finding. Any changed byte in any of its files is named.

    Raises:
        NotAFolder: it is not an exported finding.
    """
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise NotAFolder(f"{folder} 中没有 manifest.json，不是导出的发现")
    content = manifest.read_bytes()
    sums = _sums(folder)
    if isinstance(sums, Check):
        return Verdict(sha256(content), None, (sums,))
    listed = [_listed(folder, name, digest) for name, digest in sums.items()]
    strays = sorted({_name(folder, p) for p in folder.rglob("*") if p.is_file()} - {SUMS, *sums})
    listed += [Check(name, False, f"{name} 是多出来的文件") for name in strays]
    by_hash = {digest: folder / name for name, digest in sums.items()}
    verdict = verify(content, lambda digest: by_hash[digest].read_bytes(), expect=expect)
    bad = tuple(c for c in listed if not c.holds)
    return Verdict(verdict.manifest_sha256, verdict.finding, (*bad, *verdict.checks))


def _sums(folder: Path) -> dict[str, str] | Check:
    path = folder / SUMS
    if not path.is_file():
        return Check(SUMS, False, f"{SUMS} 缺失")
    try:
        lines = [line.split("  ", 1) for line in path.read_bytes().decode().splitlines()]
        sums = {name: digest for digest, name in lines}
        expected = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()
    except ValueError:
        return Check(SUMS, False, f"{SUMS} 被改动：不能读取")
    if expected != path.read_bytes() or "manifest.json" not in sums:
        return Check(SUMS, False, f"{SUMS} 被改动")
    return sums


def _listed(folder: Path, name: str, digest: str) -> Check:
    path = folder / name
    if ".." in Path(name).parts or not path.is_file():
        return Check(name, False, f"{name} 缺失，或 {SUMS} 被改动")
    found = sha256(path.read_bytes())
    return Check(name, found == digest, f"{name} 与 {SUMS} 不符：应为 {digest}，实为 {found}（两者之一被改动）")


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()
