"""sanjian bench sources-live: minute data of 1,400 outlets as they come, and how soon what they prove is found.

    sanjian bench sources-live [--outlets 1400] [--step 10] [--seconds 240] [--frozen 40] [--seed 1]

A day of minute data lies in the lake; gateway and worker run as real processes. Every outlet sends a frame of twelve
factors each `--step` minutes, spread evenly. Some outlets have sent one NOx value for just under an hour: their next
frame is the row that proves it, sent at a random moment. Latency runs from writing that frame to the finding's record;
the processor time is that of gateway and worker together.
"""

import argparse
import contextlib
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench._hj212_load import CHINA, device_mn
from bench._hj212_setup import free_port
from bench.clue_latency import _PREPARE, _process, _until_listening
from sanjian.base.config import PROJECT_ROOT
from sanjian.base.sensing.hj212.crc import crc16

FACTORS = ("a21026", "a21002", "a34013", "a21005", "a24088", "a19001", "a01011", "a01012", "a01013", "a01014", "a00000",
           "p01001")  # fmt: skip
HELD = 41.3
WAIT_S = 90.0

_FILL = """
import sys, django
django.setup()
from datetime import datetime, timedelta
import numpy as np, polars as pl
from bench._hj212_load import CHINA, device_mn
from bench.sources_live import FACTORS, HELD
from sanjian.base.lake.instance import the_lake
from sanjian.base.sensing.streams import READINGS
outlets, step, frozen, until = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), datetime.fromisoformat(sys.argv[4])
count = 24 * 60 // step
random = np.random.default_rng(5)
at = [until - timedelta(minutes=step * n) for n in range(count, 0, -1)]
for first in range(0, outlets, 200):
    parts = []
    for n in range(first, min(first + 200, outlets)):
        values = {c: np.round(40 + 5 * np.cumsum(random.normal(size=count)) / 9, 2) for c in FACTORS}
        values["a19001"] = np.round(values["a19001"] / 5, 2)  # a stack that runs
        if n < frozen:
            values["a21002"][-(60 // step - 1):] = HELD
        wide = pl.DataFrame({"data_time_at": at, **values})
        parts.append(wide.unpivot(index="data_time_at", variable_name="factor_code", value_name="value")
                     .with_columns(device_mn=pl.lit(device_mn(n))))
    rows = pl.concat(parts).with_columns(
        kind=pl.lit("minute"), data_flag=pl.lit("N"), received_at=pl.col("data_time_at") + timedelta(minutes=step),
        day=pl.col("data_time_at").dt.date())
    missing = [pl.lit(None, t).alias(c) for c, t in READINGS.schema.items() if c not in rows.columns]
    the_lake().append(READINGS, rows.with_columns(missing).select(
        pl.col(c).cast(t) for c, t in READINGS.schema.items()))
"""
_FOUND = """
import json, django
django.setup()
from sanjian.base.screening.models import FindingRecord
found = FindingRecord.objects.filter(screen="sources.frozen", kind="frozen_value").values_list("subject", "raised_at")
print(json.dumps({s: r.timestamp() for s, r in found}))
"""


def run(argv: list[str]) -> dict[str, Any]:
    """Run the bench; returns its conditions and figures."""
    options = _options(argv)
    folder = Path(tempfile.mkdtemp(prefix="sanjian-bench-live-"))
    try:
        return _measure(options, folder)
    finally:
        shutil.rmtree(folder)


def _measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    port = free_port()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "sanjian.face.site.settings",
        "SANJIAN_HOME": str(folder / "home"),
        "SANJIAN_HJ212_PORT": str(port),
        "SANJIAN_GATEWAY_HOST": "127.0.0.1",
        "SANJIAN_GATEWAY_PER_ADDRESS": "1000000",
    }
    (folder / "home").mkdir()
    step = timedelta(minutes=options.step)
    newest = datetime.now(CHINA).replace(second=0, microsecond=0) - step
    _python(_PREPARE, environment, options.outlets)
    _python(_FILL, environment, options.outlets, options.step, options.frozen, newest.isoformat())
    with contextlib.ExitStack() as stack:
        pids = [stack.enter_context(_process(name, folder, environment)) for name in ("gateway", "worker")]
        _until_listening(port)
        time.sleep(options.warmup)
        began, before = time.monotonic(), _cpu_s()
        sent = _send(port, options, newest)
        seconds, used = time.monotonic() - began, _cpu_s() - before
        time.sleep(max(0.0, WAIT_S - (time.time() - max(sent.values()))))
        found = json.loads(_python(_FOUND, environment).splitlines()[-1])
    del pids
    delays = sorted(found[mn] - moment for mn, moment in sent.items() if mn in found)
    return {
        "outlets": options.outlets,
        "factors": len(FACTORS),
        "minutes_step": options.step,
        "proofs": len(sent),
        "found": len(delays),
        "p50_s": round(delays[len(delays) // 2], 1) if delays else None,
        "max_s": round(delays[-1], 1) if delays else None,
        "findings_on_others": len(set(found) - set(sent)),
        "cores_used": round(used / seconds, 2),
        "seconds": round(seconds, 1),
    }


def _python(program: str, environment: dict[str, str], *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        env=environment, cwd=PROJECT_ROOT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return done.stdout


def _cpu_s() -> float:
    """Processor time of this process's children that run `sanjian`, from their stat files, in seconds."""
    total = 0.0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                if int(fields[1]) == os.getpid():
                    total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def _send(port: int, options: argparse.Namespace, newest: datetime) -> dict[str, float]:
    """Frames at a steady rate for the time given; returns when each proving frame was written, by device."""
    rng = random.Random(options.seed)
    proofs = {n: rng.uniform(5, options.seconds - 30) for n in range(options.frozen)}
    sent: dict[str, float] = {}
    links: dict[int, socket.socket] = {}
    every = options.step * 60 / options.outlets
    began = time.monotonic()
    turn = 0
    with contextlib.ExitStack() as stack:
        while (passed := time.monotonic() - began) < options.seconds:
            due = [n for n, at in proofs.items() if at <= passed]
            for n in due:
                del proofs[n]
                _write(stack, links, port, n, newest, HELD, rng)
                sent[device_mn(n)] = time.time()
            while turn * every <= passed:
                place = options.frozen + turn % (options.outlets - options.frozen)
                at = newest + timedelta(minutes=options.step * (turn // (options.outlets - options.frozen)))
                _write(stack, links, port, place, at, None, rng)
                turn += 1
            time.sleep(0.02)
    return sent


def _write(
    stack: contextlib.ExitStack, links: dict[int, socket.socket], port: int, place: int, at: datetime,
    held: float | None, rng: random.Random,
) -> None:  # fmt: skip
    if place not in links:
        links[place] = stack.enter_context(socket.create_connection(("127.0.0.1", port), 10))
    values = {c: rng.uniform(20, 60) for c in FACTORS}
    values["a19001"] /= 5
    if held is not None:
        values["a21002"] = held
    items = ";".join(f"{c}-Min={v - 1:.2f},{c}-Avg={v:.2f},{c}-Max={v + 1:.2f},{c}-Flag=N" for c, v in values.items())
    now = datetime.now(CHINA)
    segment = (
        f"QN={now:%Y%m%d%H%M%S}{now.microsecond // 1000:03d};ST=31;CN=2051;PW=123456;MN={device_mn(place)};Flag=4;"
        f"CP=&&DataTime={at:%Y%m%d%H%M%S};{items}&&"
    ).encode()
    links[place].sendall(b"##%04d%b%04X\r\n" % (len(segment), segment, crc16(segment)))


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sanjian bench sources-live")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", type=Path, help="not used")
    parser.add_argument("--outlets", type=int, default=1400)
    parser.add_argument("--step", type=int, default=10, help="minutes, MinInterval of HJ 212-2017 table 4")
    parser.add_argument("--seconds", type=float, default=240.0)
    parser.add_argument("--warmup", type=float, default=60.0)
    parser.add_argument("--frozen", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(argv)
