"""sanjian bench sources-screen: a year of hours and a month of minute data of a whole city through every rule.

The data are made first and lie as files, in parts of a few outlets. Then the clock runs: copies are sought over all
outlets at once, and two processes take part by part, read its files and run all screens of fixed sources over them.
"""

import argparse
import os
import shutil
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

PART = 10


def run(arguments: list[str]) -> dict[str, Any]:
    """Figures of one run; `--outlets`, `--minutes-step`, `--processes`, `--keep FOLDER`."""
    options = _options(arguments)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="sanjian-bench-"))
    try:
        return _run(folder, options)
    finally:
        if options.keep is None:
            shutil.rmtree(folder)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sanjian bench sources-screen")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", type=Path, help="not used: the outlets are made up")
    parser.add_argument("--outlets", type=int, default=1400)
    parser.add_argument("--minutes-step", type=int, default=10, help="MinInterval of HJ 212-2017 table 4")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder for the made-up data; made anew only when empty")
    return parser.parse_args(arguments)


def _run(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    parts = [range(n, min(n + PART, options.outlets)) for n in range(0, options.outlets, PART)]
    os.environ["POLARS_MAX_THREADS"] = "1"
    with ProcessPoolExecutor(options.processes, get_context("spawn")) as pool:
        jobs = [(folder / f"{p.start:05d}", p, options.minutes_step) for p in parts]
        list(pool.map(_make, [j for j in jobs if not j[0].exists()]))
        # Both processes are warm and know the screens: what is timed is the work.
        list(pool.map(_warm, range(options.processes)))
        began = time.perf_counter()
        known = _across(folder, options.processes)
        across = time.perf_counter() - began
        outcomes = list(pool.map(_screen, [(folder / f"{p.start:05d}", p, known) for p in parts]))
        seconds = time.perf_counter() - began
    by_screen: dict[str, float] = {}
    for outcome in outcomes:
        for screen, spent in outcome["seconds"].items():
            by_screen[screen] = by_screen.get(screen, 0.0) + spent
    slowest = dict(sorted(((n, round(s, 1)) for n, s in by_screen.items()), key=lambda p: -p[1])[:8])
    return {
        "seconds": round(seconds, 1),
        "seconds_copies_across_outlets": round(across, 1),
        "outlets": options.outlets,
        "rows": sum(o["rows"] for o in outcomes),
        "screens": len(by_screen),
        "findings": sum(o["findings"] for o in outcomes),
        "findings_by_kind": _summed([o["kinds"] for o in outcomes]),
        "process_seconds_by_screen": slowest,
        "processes": options.processes,
        "minutes_step": options.minutes_step,
    }


def _summed(counts: list[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for some in counts:
        for kind, count in some.items():
            total[kind] = total.get(kind, 0) + count
    return total


def _make(job: tuple[Path, range, int]) -> None:
    from bench._outlets import write_part

    write_part(*job)


def _warm(_number: int) -> None:
    import sanjian.watch.sources.screens  # noqa: F401


def _across(folder: Path, threads: int) -> Path:
    """What needs all outlets at once, in a process of its own with the threads of all."""
    from bench._across import write

    os.environ["POLARS_MAX_THREADS"] = str(threads)
    with ProcessPoolExecutor(1, get_context("spawn")) as one:
        one.submit(write, folder).result()
    return folder / "across"


def _screen(job: tuple[Path, range, Path]) -> dict[str, Any]:
    import polars as pl

    import sanjian.watch.sources.screens  # noqa: F401
    from bench._outlets import BEGIN, HOURS, facts
    from sanjian.base.screening.contract import all_screens

    folder, numbers, across = job
    now = BEGIN + timedelta(hours=HOURS)
    rows = {p.stem: pl.read_parquet(p) for p in folder.glob("*.parquet")}
    known = {**facts(numbers), **{p.stem: pl.read_parquet(p) for p in across.glob("*.parquet")}}
    cut: dict[tuple[str, Any], pl.DataFrame] = {}
    seconds, kinds, found = {}, {}, 0
    for screen in all_screens():
        if screen.family != "sources":
            continue
        began = time.perf_counter()
        seen = {}
        for source in screen.inputs:
            if (source.stream, source.only) not in cut:
                wanted = rows[source.stream]
                for column, values in source.only:
                    wanted = wanted.filter(pl.col(column).is_in(values))
                cut[source.stream, source.only] = wanted
            seen[source.stream] = cut[source.stream, source.only]
        own = {n: f for n, f in known.items() if n in screen.facts}
        findings = screen.run(seen, own, screen.parameters, now)
        for finding in findings:
            kinds[finding.kind] = kinds.get(finding.kind, 0) + 1
        found += len(findings)
        seconds[screen.name] = time.perf_counter() - began
    return {"rows": sum(f.height for f in rows.values()), "findings": found, "kinds": kinds, "seconds": seconds}
