"""What runs on the embedded SQLite runs on a real PostgreSQL too: the same tests, only the database URL changed.

Left out are the folders whose tests never open the database: they would only say the same thing twice.
"""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .stack import free_port, wait_for

WITHOUT_DATABASE = ("src/sanjian/base/lake", "src/sanjian/base/sensing/hj212")
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of our own, on a free loopback port, run by the user that its package made."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    folder = Path("/tmp") / f"sanjian-pg-{os.getpid()}"  # noqa: S108 - the server's user must be able to enter it
    folder.mkdir(mode=0o700)
    owner = pwd.getpwnam("postgres")
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    port = free_port()
    as_owner = {
        "user": owner.pw_uid,
        "group": owner.pw_gid,
        "cwd": "/",
        "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"},
    }
    data = folder / "data"
    subprocess.run(
        [programs / "initdb", "-D", data, "-A", "trust", "-E", "UTF8", "-U", "sanjian"],
        check=True, stdout=subprocess.DEVNULL, **as_owner,
    )  # fmt: skip
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-c", "fsync=off"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_owner,
    )  # fmt: skip
    try:
        ready = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        wait_for(lambda: subprocess.run(ready, check=False).returncode == 0, "PostgreSQL")
        yield f"postgresql://sanjian@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def test_the_whole_suite_holds_on_postgresql(database_url: str) -> None:
    left_out = [f"--ignore={path}" for path in (*WITHOUT_DATABASE, "tests/test_postgresql.py")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *left_out],
        cwd=ROOT, env={**os.environ, "SANJIAN_DATABASE_URL": database_url}, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
