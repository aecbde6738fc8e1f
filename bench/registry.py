"""A city's objects: importing them all, then searching, listing and looking back over real HTTP.

    sanjian bench registry [--objects 49909] [--seed 1]

A home folder of its own with SQLite. A workbook of all objects (valid codes, one line each) goes through the services
that the page and the command use: sealed, read, previewed line by line, confirmed, written with history and search
words (`import_s`: all of it). The same lines as a GBK CSV are previewed again: every one must be found unchanged. Then
5,000 objects change from 2026-06-01 on. A real web process (uvicorn) answers a logged-in supervisor of the whole city,
one request after another over one connection: 300 prefixes as a person types them, list pages by varied filters, sorts
and pages, and the same lists as of 2026-03-01. Times are of whole requests, body read. Duplicates: copies of known
objects as another register would hold them, found again among all (precision and recall).

Read on two cores with other work beside it (load 2): import 51 s (previewed in 14 s, written in 37 s), peak 455 MB;
medians of a request: search 39 ms, list 79 ms, list as of a day 87 ms; 95th percentiles 48, 160 and 188 ms.
"""

import argparse
import contextlib
import csv
import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import xlsxwriter

from bench import _registry_load as load
from bench._hj212_setup import free_port
from sanjian.base.config import PROJECT_ROOT
from sanjian.base.registry.rules import matching

AS_OF = "2026-03-01"


def run(argv: list[str]) -> dict[str, Any]:
    """Run the bench; returns its conditions and figures."""
    options = _options(argv)
    folder = Path(tempfile.mkdtemp(prefix="sanjian-bench-registry-"))
    try:
        lines = list(load.objects(options.objects, options.seed))
        figures = _imported(folder, lines, options)
        figures |= _asked(folder, lines, options, figures.pop("session"))
        return figures | _duplicates(lines, options)
    finally:
        if options.keep:
            print(folder, file=sys.stderr)
        else:
            shutil.rmtree(folder)


# -- import -----------------------------------------------------------------------------------------------------


def _imported(folder: Path, lines: list[list[Any]], options: argparse.Namespace) -> dict[str, Any]:
    book, again = folder / "objects.xlsx", folder / "objects.csv"
    _write_book(book, lines)
    with again.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([load.HEADS, *lines])
    done = subprocess.run(
        [sys.executable, "-m", "bench._registry_import", str(book), str(again), str(options.changes)],
        env=_environment(folder, 0), cwd=PROJECT_ROOT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures | {"file_mb": round(book.stat().st_size / 1e6, 1)}


def _write_book(path: Path, lines: list[list[Any]]) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("objects")
        sheet.write_row(0, 0, load.HEADS)
        for n, line in enumerate(lines, 1):
            sheet.write_row(n, 0, line)


def _environment(folder: Path, port: int) -> dict[str, str]:
    (folder / "home").mkdir(exist_ok=True)
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "sanjian.face.site.settings",
        "SANJIAN_HOME": str(folder / "home"),
        "SANJIAN_WEB_PORT": str(port),
        "SANJIAN_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SANJIAN_SECOND_FACTOR": "offered",
    }


# -- pages ------------------------------------------------------------------------------------------------------


def _asked(folder: Path, lines: list[list[Any]], options: argparse.Namespace, session: str) -> dict[str, Any]:
    rng = random.Random(options.seed)
    port = free_port()
    searches = [f"/objects/find.json?{urlencode({'q': q})}" for q in _typed(lines, 300, rng)]
    lists = [f"/objects/?{urlencode(_filters(rng))}" for _ in range(options.pages)]
    back = [f"/objects/?{urlencode(_filters(rng) | {'on': AS_OF})}" for _ in range(options.pages)]
    with _web(folder, port), contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as link:
        for address in ("/objects/", searches[0], back[0]):
            _ask(link, address, session)  # the first request of a kind loads templates
        found, listed, as_of = ([_ask(link, a, session) for a in some] for some in (searches, lists, back))
    return (
        {"http": "uvicorn, one request at a time"}
        | _quantiles("search", [s for s, _ in found])
        | {"search_empty": sum(b'"name"' not in body for _, body in found)}
        | _quantiles("list", [s for s, _ in listed])
        | _quantiles("as_of", [s for s, _ in as_of])
        | {"p95_ms": _quantiles("list", [s for s, _ in listed])["list_p95_ms"], "cores": os.cpu_count()}
    )


def _typed(lines: list[list[Any]], number: int, rng: random.Random) -> list[str]:
    """What a person has typed so far: beginnings of names with and without the city, codes, addresses, initials."""
    from pypinyin import Style, lazy_pinyin

    typed = []
    for _ in range(number):
        line = rng.choice(lines)
        bare = line[2].removeprefix("上海市").removeprefix("上海")
        way = rng.random()
        if way < 0.45:
            typed.append(bare[: rng.randint(1, 6)])
        elif way < 0.6:
            typed.append(line[2][: rng.randint(2, 8)])
        elif way < 0.75:
            typed.append(line[0][: rng.randint(4, 18)])
        elif way < 0.9:
            initials = "".join(lazy_pinyin(bare, style=Style.FIRST_LETTER))
            typed.append(initials[: rng.randint(2, 6)])
        else:
            typed.append(line[5][rng.randint(3, 6) :][: rng.randint(3, 8)])
    return typed


def _filters(rng: random.Random) -> dict[str, Any]:
    """One way to look at the list: none to three filters, a sort, a page."""
    ways: dict[str, Any] = {
        "q": rng.choice(("化工", "电镀", "华", "科技", "路12")), "district": rng.choice(load.DISTRICTS)[0],
        "role": rng.choice(("discharger", "waste_producer")), "list": "key_water",
        "permit_class": rng.choice(("key", "simplified", "registered")), "supervision": rng.choice(("key", "general")),
        "production": rng.choice(("operating", "suspended")), "industry": rng.choice(("26", "2614", "33", "77")),
    }  # fmt: skip
    chosen = {name: ways[name] for name in rng.sample(sorted(ways), rng.randint(0, 3))}
    if rng.random() < 0.4:
        chosen["page"] = rng.randint(2, 20) if chosen else rng.randint(2, 900)
    if rng.random() < 0.3:
        chosen["sort"] = rng.choice(("name", "-changed", "district"))
    return chosen


def _ask(link: http.client.HTTPConnection, address: str, session: str) -> tuple[float, bytes]:
    began = time.perf_counter()
    link.request("GET", address, headers={"Cookie": f"sessionid={session}", "Host": f"127.0.0.1:{link.port}"})
    answer = link.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{address} answered {answer.status}: {body[:300]!r}")
    return (time.perf_counter() - began) * 1000, body


@contextlib.contextmanager
def _web(folder: Path, port: int) -> Iterator[None]:
    with (folder / "web.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "sanjian.cli", "web"],
            env=_environment(folder, port), cwd=PROJECT_ROOT, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        _until_answering(port, process, folder / "web.log")
        yield
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def _until_answering(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    ends = time.monotonic() + 90
    while time.monotonic() < ends and process.poll() is None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        with contextlib.suppress(OSError), contextlib.closing(link):
            link.request("GET", "/login/")
            link.getresponse().read()
            return
        time.sleep(0.1)
    raise RuntimeError(f"no web process: {log.read_text()[-2000:]}")


# -- duplicates -------------------------------------------------------------------------------------------------


def _duplicates(lines: list[list[Any]], options: argparse.Namespace) -> dict[str, Any]:
    copies = load.perturbed(lines, min(options.copies, len(lines)), options.seed + 1)
    everything = load.candidates(lines) + [copy for _, copy in copies]
    began = time.perf_counter()
    proposed = {(min(a.id, b.id), max(a.id, b.id)) for a, b, _ in matching.likely(everything)}
    took = time.perf_counter() - began
    true = {(original, copy.id) for original, copy in copies}
    return {
        "duplicates_objects": len(everything),
        "duplicates_labelled": len(true),
        "duplicates_proposed": len(proposed),
        "duplicates_precision": round(len(proposed & true) / max(1, len(proposed)), 4),
        "duplicates_recall": round(len(proposed & true) / len(true), 4),
        "duplicates_s": round(took, 2),
    }


def _quantiles(name: str, values: list[float]) -> dict[str, Any]:
    ordered = sorted(values)
    return {
        f"{name}_requests": len(ordered),
        f"{name}_p50_ms": round(ordered[len(ordered) // 2], 1),
        f"{name}_p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
        f"{name}_max_ms": round(ordered[-1], 1),
    }


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sanjian bench registry")
    parser.add_argument("--objects", type=int, default=49_909)
    parser.add_argument("--changes", type=int, default=5_000, help="objects that change before looking back")
    parser.add_argument("--pages", type=int, default=100, help="list pages asked for, and as many as of a day")
    parser.add_argument("--copies", type=int, default=1_000, help="perturbed copies for precision and recall")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the folder with database and logs")
    return parser.parse_args(argv)
