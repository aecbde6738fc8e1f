"""7,000 connected HJ 212 devices against one gateway: what is acknowledged, how soon, how much, and what is lost.

    sanjian bench gateway [--devices 7000] [--rate 5400] [--seconds 45] [--warmup 8] [--seed 1]

The gateway is a process of its own with its own home; the load is a second process; both share the machine's cores.
The load is an open loop: frame n is due n / rate seconds after the start, whatever the gateway does. A device has one
frame open at a time; a frame that comes due before the answer to the one before is sent right after that answer and
counted in `late_sends`. Latency runs from writing the frame's last byte to reading its 9014. After the run every
acknowledged frame is looked up in the lake.
"""

import argparse
import os
import shutil
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
    folder = Path(tempfile.mkdtemp(prefix="sanjian-bench-gateway-"))
    try:
        return _measure(options, folder)
    finally:
        if options.keep:
            print(folder, file=sys.stderr)
        else:
            shutil.rmtree(folder)


def _measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    home = folder / "home"
    home.mkdir()
    register(home, options.devices)
    gateway = GatewayProcess(home, free_port())
    gateway.start()
    turns = int(options.rate * options.seconds / options.devices) + 2
    plan = {
        "host": "127.0.0.1",
        "port": gateway.port,
        "devices": options.devices,
        "rate": options.rate,
        "seconds": options.seconds,
        "warmup_s": options.warmup,
        "turns": turns,
        "seed": options.seed,
        "began": time.time() - turns - 60,
        "acked_file": str(folder / "acked.csv"),
    }
    with load(plan, folder) as process:
        figures = figures_of(process, options.seconds + 240)
    cpu_s, peak_mib = gateway.cpu_s(), gateway.peak_mib()
    status = gateway.stop()
    held = compare(home / "lake", folder / "acked.csv")
    return {
        **_conditions(options),
        **figures,
        **held,
        "gateway_cpu_s": round(cpu_s, 1),
        "gateway_peak_mib": peak_mib,
        "gateway_exit": status,
        "targets_met": bool(
            held["lost"] == 0
            and (figures["ack_p95_ms"] or 1e9) <= 1500
            and figures["frames_per_s"] >= 5000
            and figures["connected"] == options.devices
        ),
    }


def _conditions(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "devices": options.devices,
        "offered_frames_per_s": options.rate,
        "loop": "open",
        "seconds": options.seconds,
        "warmup_s": options.warmup,
        "cores": os.cpu_count(),
        "load_average_before": round(os.getloadavg()[0], 2),
        "kinds": "70% 2011 real-time, 20% 2051 minute, 10% 2061 hour",
    }


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sanjian bench gateway")
    parser.add_argument("--devices", type=int, default=7000)
    parser.add_argument("--rate", type=float, default=5400, help="frames a second offered by all devices together")
    parser.add_argument("--seconds", type=float, default=45)
    parser.add_argument("--warmup", type=float, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the folder with lake and logs")
    return parser.parse_args(argv)
