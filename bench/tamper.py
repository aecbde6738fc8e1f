"""sanjian bench tamper: how much tampering the signs find in a real series, at one false alarm in a hundred windows.

The gas turbine of UCI (nine working conditions, NOx and CO, hourly): soft sensors learn from the hours before a
window, signs are calibrated on honest windows of 2012, recall is read on windows of 2013 that nothing has seen.
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench._tampering import WAYS, Place, honest
from sanjian.watch.sources.tamper import fusion
from sanjian.watch.sources.tamper.replay import repeated
from sanjian.watch.sources.tamper.signal import Signal
from sanjian.watch.sources.tamper.soft_sensor import SoftSensor, learn
from sanjian.watch.sources.tamper.suite import signs

CONDITIONS = ["at", "ap", "ah", "afdp", "gtep", "tit", "tat", "tey", "cdp"]
SIZE, LEARNED, BLOCK, PAST = 72, 6000, 336, 6000
FALSE_ALARMS = 0.01


def run(arguments: list[str]) -> dict[str, Any]:
    """Figures of one run; `--seeds`, `--windows` per seed and part, `--data`."""
    options = _options(arguments)
    path = options.data / "gas_turbine_cems" / "gas_turbine.parquet"
    if not path.exists():
        return {"skipped": f"{path} 不存在；用 --data 指明数据目录"}
    began = time.perf_counter()
    series = _Series(pl.read_parquet(path).sort("year", "seq"))
    seeds = [_seed(series, seed, options.windows) for seed in range(1, options.seeds + 1)]
    ways = {w: round(float(np.median([s["recall"][w] for s in seeds])), 3) for w in WAYS}
    beside = {"peers": _peers(series, options)} if options.peers else {}
    return {
        **beside,
        "seeds": options.seeds,
        "windows": options.windows,
        "recall": ways,
        "false_alarm_rate": round(float(np.mean([s["false_alarms"] for s in seeds])), 4),
        "recall_by_family_threshold": {w: round(float(np.median([s["own"][w] for s in seeds])), 3) for w in WAYS},
        "false_alarm_rate_by_sign": {
            n: round(float(np.mean([s["own_false_alarms"][n] for s in seeds])), 4) for n in fusion.FAMILIES
        },
        "seconds": round(time.perf_counter() - began, 1),
    }


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sanjian bench tamper")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--windows", type=int, default=100)
    parser.add_argument("--peers", type=Path, help="interpreter with saqc, pyod and stumpy, to run them on seed 1 too")
    return parser.parse_args(arguments)


class _Series:
    """The whole series, with the sensors that would have been in use at each moment."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self.nox, self.co = (rows[c].to_numpy().astype(float) for c in ("nox", "co"))
        self.conditions = rows.select(CONDITIONS).to_numpy().astype(float)
        self.year = rows["year"].to_numpy()
        self._sensors: dict[int, tuple[SoftSensor, SoftSensor]] = {}

    def places(self, year: int) -> np.ndarray:
        inside = np.flatnonzero(self.year == year)
        return np.arange(inside[0] + 336, inside[-1] - SIZE)

    def place(self, start: int) -> Place:
        return Place(
            self.nox, self.co[:, None], self.conditions, np.zeros(len(self.nox), bool), int(start), int(start) + SIZE
        )

    def signal(self, place: Place) -> Signal:
        """What the detector sees: the touched window and the untouched past; expectations by sensors of that time."""
        sensor, companion = self._learned(place.start)
        end = place.end
        return Signal(
            place.values[:end],
            place.marked[:end],
            place.others[:end],
            _recent(sensor, place.others[:end], place.start),
            place.companions[:end],
            _recent(companion, place.others[:end], place.start)[:, None],
        )

    def _learned(self, start: int) -> tuple[SoftSensor, SoftSensor]:
        block = start // BLOCK * BLOCK
        if block not in self._sensors:
            past = slice(max(0, block - LEARNED), block)
            found = [learn(v[past], self.conditions[past]) for v in (self.nox, self.co)]
            assert found[0]
            assert found[1]
            self._sensors[block] = (found[0], found[1])
        return self._sensors[block]


def _recent(sensor: SoftSensor, conditions: np.ndarray, start: int) -> np.ndarray:
    """Expectation for the last quarter year only: nothing asks for more."""
    expected = np.full(len(conditions), np.nan)
    first = max(0, start - 2160)
    expected[first:] = sensor.expected(conditions[first:])
    return expected


def _seed(series: _Series, seed: int, windows: int) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    before = [
        _signs(series.signal(honest(series.place(s), random))) for s in random.choice(series.places(2012), 4 * windows)
    ]
    known = {name: fusion.honest([b[name] for b in before]) for name in fusion.FAMILIES}
    limit = _quantile([_fused(b, known) for b in before])
    limits = {name: _quantile([b[name] for b in before]) for name in fusion.FAMILIES}
    starts = random.choice(series.places(2013), windows, replace=False)
    clean = [_signs(series.signal(honest(series.place(s), random))) for s in starts]
    recall, own = {}, {}
    for name, way in WAYS.items():
        touched = [_signs(series.signal(way(series.place(s), random))) for s in starts]
        recall[name] = np.mean([_fused(t, known) > limit for t in touched])
        own[name] = max(np.mean([t[sign] > limits[sign] for t in touched]) for sign in limits)
    return {
        "recall": recall,
        "own": own,
        "false_alarms": np.mean([_fused(c, known) > limit for c in clean]),
        "own_false_alarms": {n: np.mean([c[n] > limits[n] for c in clean]) for n in limits},
    }


def _peers(series: _Series, options: argparse.Namespace) -> dict[str, Any]:
    """What known libraries make of the same windows of the first seed: the window with 6,000 hours before it."""
    random = np.random.default_rng(1)

    def cut(place: Place) -> np.ndarray:
        return np.where(place.marked, np.nan, place.values)[place.end - SIZE - PAST : place.end]

    parts = {
        "before": [
            cut(honest(series.place(s), random)) for s in random.choice(series.places(2012), 4 * options.windows)
        ]
    }
    starts = random.choice(series.places(2013), options.windows, replace=False)
    parts["clean"] = [cut(honest(series.place(s), random)) for s in starts]
    parts |= {name: [cut(way(series.place(s), random)) for s in starts] for name, way in WAYS.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "windows.npz"
        np.savez(path, **{name: np.stack(windows) for name, windows in parts.items()})
        done = subprocess.run(
            [str(options.peers), "-m", "bench._peers", str(path)], check=True, stdout=subprocess.PIPE, text=True
        )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _signs(signal: Signal) -> dict[str, float]:
    """The signs of the window, which is the newest block."""
    return {name: float(found[-1]) for name, found in signs(signal).items()} | {"repeated": repeated(signal, SIZE)}


def _fused(found: dict[str, float], known: dict[str, fusion.Honest]) -> float:
    return fusion.fused(fusion.surprises(found, known))


def _quantile(values: list[float]) -> float:
    return float(np.quantile(values, 1 - FALSE_ALARMS))
