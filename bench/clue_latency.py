"""From the last byte of a violating frame to the event in a connected browser's stream.

    sanjian bench clue-latency [--violations 40] [--background 50] [--seed 1]

Real processes with their own home: gateway, worker and web, as `sanjian up` starts them. A page stands open: a
logged-in session reads /live/ as a browser's EventSource does. Other devices send real-time data all the while. At
random moments a device sends one hourly frame over its limit; the time runs from writing the frame's last byte until
the event `clue.opened` of that device has been read from the stream. Each violation is on an outlet of its own, so each
opens a clue.
"""

import argparse
import contextlib
import http.client
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench._hj212_load import CHINA, device_mn
from bench._hj212_setup import free_port
from sanjian.base.config import PROJECT_ROOT
from sanjian.base.sensing.hj212.crc import crc16

WAIT_S = 60.0
"""A clue that has not come by then counts as missing."""

_PREPARE = """
import sys, django
django.setup()
from datetime import date
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from bench._hj212_load import device_mn
from sanjian.base.identity.models import Account, District
from sanjian.base.registry.models import Factor, InspectionObject, Limit, MonitoringPoint
from sanjian.base.registry.services import load_code_lists
call_command("migrate", verbosity=0, interactive=False)
load_code_lists()
city = District.objects.filter(is_city=True).first() or District.objects.create(
    code="310000", name="全市", is_city=True)
district = District.objects.exclude(is_city=True).first() or District.objects.create(code="310115", name="浦东新区")
site = InspectionObject.objects.create(
    credit_code="91310000BENCHCLUE0", name="基准测试企业", district=district, latitude=31.2, longitude=121.5)
nox, _ = Factor.objects.get_or_create(code="a21002", defaults={"name": "氮氧化物", "unit": "mg/m³", "decimals": 1})
points = MonitoringPoint.objects.bulk_create([
    MonitoringPoint(device_mn=device_mn(n), inspection_object=site, name=f"排口 {n}", medium="gas",
                    latitude=31.2, longitude=121.5, report_interval_s=3600)
    for n in range(int(sys.argv[1]))
])
Limit.objects.bulk_create([
    Limit(point=p, factor=nox, upper=50, source="GB 13223-2011 表 1", valid_from=date(2014, 7, 1)) for p in points
])
person = Account.objects.create_user(
    "bench", password=None, display_name="监管人员", role="supervisor", district=city)
session = SessionStore()
session[SESSION_KEY] = str(person.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = person.get_session_auth_hash()
session.create()
print(session.session_key)
"""


def run(argv: list[str]) -> dict[str, Any]:
    """Run the bench; returns its conditions and figures."""
    options = _options(argv)
    folder = Path(tempfile.mkdtemp(prefix="sanjian-bench-clue-"))
    try:
        return _measure(options, folder)
    finally:
        if options.keep:
            print(folder, file=sys.stderr)
        else:
            shutil.rmtree(folder)


def _measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    gateway_port, web_port = free_port(), free_port()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "sanjian.face.site.settings",
        "SANJIAN_HOME": str(folder / "home"),
        "SANJIAN_HJ212_PORT": str(gateway_port),
        "SANJIAN_GATEWAY_HOST": "127.0.0.1",
        "SANJIAN_WEB_PORT": str(web_port),
    }
    (folder / "home").mkdir()
    session = _prepare(options.violations + options.devices, environment)
    with contextlib.ExitStack() as stack:
        for name in ("gateway", "worker", "web"):
            stack.enter_context(_process(name, folder, environment))
        _until_listening(gateway_port)
        _until_listening(web_port)
        heard = stack.enter_context(_page(web_port, session))
        stack.enter_context(_background(gateway_port, options))
        sent = _violate(gateway_port, options, heard)
        arrived = heard.by_subject(environment)
    delays = [arrived[s] - moment if s in arrived else None for s, moment in sent.items()]
    found = sorted(d for d in delays if d is not None)
    return {
        "violations": options.violations,
        "background_frames_per_s": options.background,
        "clues": len(found),
        "missing": options.violations - len(found),
        "p50_s": round(_quantile(found, 0.5), 3),
        "p95_s": round(_quantile(found, 0.95), 3),
        "max_s": round(found[-1], 3) if found else WAIT_S,
        "target_p95_s": 5,
        "cores": os.cpu_count(),
    }


def _prepare(points: int, environment: dict[str, str]) -> str:
    """A database with outlets, limits and a person; returns the key of that person's session."""
    done = subprocess.run(
        [sys.executable, "-c", _PREPARE, str(points)],
        env=environment, cwd=PROJECT_ROOT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return done.stdout.split()[-1]


@contextlib.contextmanager
def _process(name: str, folder: Path, environment: dict[str, str]) -> Iterator[None]:
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "sanjian.cli", name], env=environment, cwd=PROJECT_ROOT, stdout=log, stderr=log
        )
    try:
        yield
        if process.poll() is not None:
            raise RuntimeError(f"{name}: {(folder / f'{name}.log').read_text()[-2000:]}")
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def _until_listening(port: int) -> None:
    ends = time.monotonic() + 90
    while time.monotonic() < ends:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")


_SUBJECTS = """
import json, django
django.setup()
from sanjian.base.live.models import LiveEvent
events = LiveEvent.objects.filter(kind="clue.opened")
print(json.dumps({e.id: e.details["subject"] for e in events}))
"""


class _Heard:
    """When each event of a new clue was heard, by the event's number."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}
        self._news = threading.Condition()

    def tell(self, number: str, moment: float) -> None:
        with self._news:
            self.at.setdefault(number, moment)
            self._news.notify_all()

    def wait(self, number: int, seconds: float) -> None:
        with self._news:
            self._news.wait_for(lambda: len(self.at) >= number, seconds)

    def by_subject(self, environment: dict[str, str]) -> dict[str, float]:
        """The same by device: the page hears the event's number, the database knows whose clue it was."""
        done = subprocess.run(
            [sys.executable, "-c", _SUBJECTS], env=environment, cwd=PROJECT_ROOT, check=True, stdout=subprocess.PIPE
        )
        subjects = json.loads(done.stdout)
        return {subjects[number]: moment for number, moment in self.at.items()}


@contextlib.contextmanager
def _page(port: int, session: str) -> Iterator[_Heard]:
    """An open page: reads the event stream in a thread of its own, as a browser would."""
    heard = _Heard()
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    link.request("GET", "/live/", headers={"Cookie": f"sessionid={session}", "Accept": "text/event-stream"})
    answer = link.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"/live/ answered {answer.status}")
    reader = threading.Thread(target=_read, args=(answer, heard), daemon=True)
    reader.start()
    try:
        yield heard
    finally:
        if link.sock:
            link.sock.close()
        link.close()


def _read(answer: http.client.HTTPResponse, heard: _Heard) -> None:
    event = ""
    with contextlib.suppress(OSError, ValueError, http.client.HTTPException, AttributeError):
        while line := answer.readline():
            now = time.monotonic()
            text = line.decode().rstrip("\r\n")
            if text.startswith("event:"):
                event = text[6:].strip()
            elif text.startswith("data:") and event == "clue.opened":
                heard.tell(str(json.loads(text[5:])["id"]), now)
            elif not text:
                event = ""


@contextlib.contextmanager
def _background(port: int, options: argparse.Namespace) -> Iterator[None]:
    """Other devices that send unsuspicious real-time data at a steady rate."""
    stop = threading.Event()
    sender = threading.Thread(target=_send_steadily, args=(port, options, stop), daemon=True)
    sender.start()
    try:
        yield
    finally:
        stop.set()
        sender.join(10)


def _send_steadily(port: int, options: argparse.Namespace, stop: threading.Event) -> None:
    rng = random.Random(options.seed + 1)
    with contextlib.ExitStack() as stack:
        links = []
        for _ in range(options.devices):
            link = stack.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            link.setblocking(False)
            links.append(link)
        sent, began = 0, time.monotonic()
        while options.background and not stop.is_set():
            for _ in range(int((time.monotonic() - began) * options.background) - sent):
                place = sent % options.devices
                now = datetime.now(CHINA)
                with contextlib.suppress(OSError):
                    links[place].recv(65536)  # the answers; nobody waits for them here
                with contextlib.suppress(BlockingIOError):
                    links[place].sendall(_frame(options.violations + place, "2011", now, rng.uniform(20, 40), now))
                sent += 1
            stop.wait(0.02)


def _violate(port: int, options: argparse.Namespace, heard: _Heard) -> dict[str, float]:
    """Send the violating frames at random moments; returns when the last byte of each was written, by device."""
    rng = random.Random(options.seed)
    subjects = [device_mn(n) for n in range(options.violations)]
    sent: dict[str, float] = {}
    _settle(options)
    hour = datetime.now(CHINA).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    with contextlib.ExitStack() as stack:
        links = [stack.enter_context(socket.create_connection(("127.0.0.1", port), 10)) for _ in subjects]
        for place, subject in enumerate(subjects):
            time.sleep(rng.uniform(0.1, 1.9))
            violating = _frame(place, "2061", hour, rng.uniform(80, 160), datetime.now(CHINA))
            links[place].sendall(violating)
            sent[subject] = time.monotonic()
        heard.wait(len(subjects), WAIT_S)
    return sent


def _settle(options: argparse.Namespace) -> None:
    """Let the processes come to their rhythm before anything is measured."""
    time.sleep(options.warmup)


def _frame(index: int, command: str, when: datetime, value: float, now: datetime) -> bytes:
    """One HJ 212-2017 frame with NOx and oxygen."""
    if command == "2011":
        items = f"a21002-Rtd={value:.1f},a21002-Flag=N;a19001-Rtd=8.1,a19001-Flag=N"
    else:
        items = f"a21002-Min={value - 3:.1f},a21002-Avg={value:.1f},a21002-Max={value + 5:.1f},a21002-Flag=N"
    segment = (
        f"QN={now:%Y%m%d%H%M%S}{now.microsecond // 1000:03d};ST=31;CN={command};PW=123456;MN={device_mn(index)};Flag=5;"
        f"CP=&&DataTime={when:%Y%m%d%H%M%S};{items}&&"
    ).encode()
    return b"##%04d%b%04X\r\n" % (len(segment), segment, crc16(segment))


def _quantile(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))] if values else WAIT_S


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sanjian bench clue-latency")
    parser.add_argument("--violations", type=int, default=40)
    parser.add_argument("--background", type=int, default=50, help="frames per second of other devices")
    parser.add_argument("--devices", type=int, default=25, help="number of other devices")
    parser.add_argument("--warmup", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the folder with the processes' logs")
    return parser.parse_args(argv)
