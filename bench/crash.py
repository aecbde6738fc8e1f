"""The gateway killed again and again under load: nothing that it acknowledged may be missing or be there twice.

    sanjian bench crash [--kills 20] [--devices 300] [--seed 1]

Devices send as fast as they are answered, one frame open at a time. At seeded random moments the gateway gets SIGKILL
and is started again on the same port and lake; devices reconnect and send the frame again that had no answer, as field
machines do. At the end every acknowledged frame is looked up in the lake. `duplicates` are rows of a plain scan with
one natural key; `resent_rows` are readings that came again after a crash and stand behind their newer version.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench._hj212_check import compare
from bench._hj212_load import raise_descriptors
from bench._hj212_setup import GatewayProcess, figures_of, free_port, load, register


def run(argv: list[str]) -> dict[str, Any]:
    """Run the bench; returns its conditions and figures."""
    options = _options(argv)
    raise_descriptors(options.devices + 500)
    folder = Path(tempfile.mkdtemp(prefix="sanjian-bench-crash-"))
    try:
        return _measure(options, folder)
    finally:
        if options.keep:
            print(folder, file=sys.stderr)
        else:
            shutil.rmtree(folder)


def _measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    home, stop_file = folder / "home", folder / "stop"
    home.mkdir()
    register(home, options.devices)
    gateway = GatewayProcess(home, free_port())
    gateway.start()
    seconds = options.kills * (options.most_s + 10)
    plan = {
        "host": "127.0.0.1",
        "port": gateway.port,
        "devices": options.devices,
        "rate": 0,
        "seconds": seconds,
        "turns": options.kills * 16 + 50,
        "seed": options.seed,
        "began": time.time() - options.kills * 16 - 120,
        "acked_file": str(folder / "acked.csv"),
        "stop_file": str(stop_file),
        "drain_s": 30,
    }
    with load(plan, folder) as process:
        restarts = _kill(gateway, options)
        time.sleep(1)
        stop_file.touch()
        figures = figures_of(process, seconds + 60)
    status = gateway.stop()
    held = compare(home / "lake", folder / "acked.csv")
    restarts.sort()
    return {
        "kills": len(restarts),
        "acked": figures["acked"],
        "acked_lost": held["lost"],
        "duplicates": held["duplicates"],
        "resent_rows": held["resent_rows"],
        "frames_received_again": held["frames_received_again"],
        "frames_resent": figures["resent"],
        "unanswered": figures["unanswered"],
        "frames_stored": held["frames_stored"],
        "readings_stored": held["readings_stored"],
        "quarantined": held["quarantined"],
        "restart_p50_s": round(restarts[len(restarts) // 2], 2) if restarts else None,
        "restart_p95_s": round(restarts[min(len(restarts) - 1, int(0.95 * len(restarts)))], 2) if restarts else None,
        "devices": options.devices,
        "seed": options.seed,
        "cores": os.cpu_count(),
        "gateway_exit": status,
    }


def _kill(gateway: GatewayProcess, options: argparse.Namespace) -> list[float]:
    """Kill and restart at random moments under load; returns the seconds that each restart took."""
    rng = random.Random(options.seed)
    restarts = []
    for _ in range(options.kills):
        time.sleep(rng.uniform(0.1, options.most_s))
        gateway.stop(signal.SIGKILL)
        restarts.append(gateway.start())
    return restarts


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sanjian bench crash")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--devices", type=int, default=300)
    parser.add_argument("--most-s", type=float, default=2.5, help="longest time between a start and the next kill")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the folder with lake and logs")
    return parser.parse_args(argv)
