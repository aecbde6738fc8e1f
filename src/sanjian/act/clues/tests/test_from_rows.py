"""From rows in the lake to a clue whose finding verifies on its own page, and in its pack."""

import io
import json
import zipfile

import pytest
from django.urls import reverse

from sanjian.act.clues.models import Clue
from sanjian.base.config import config
from sanjian.base.identity import audit
from sanjian.base.identity.models import Account, Role
from sanjian.base.screening import progress
from sanjian.base.screening.contract import register
from sanjian.base.screening.tests.kit import HOUR, START, World, above, enterprise, hourly
from sanjian.base.sensing.streams import READINGS


@pytest.fixture
def world(db, tmp_path, monkeypatch):
    """A home of its own, so that page and runner share one lake and one evidence store."""
    monkeypatch.setenv("SANJIAN_HOME", str(tmp_path))
    config.cache_clear()
    enterprise("A")
    made = World(tmp_path)
    made.lake.table(READINGS)
    register(above())
    progress.live(above(), made.lake, made.store, START)
    yield made
    config.cache_clear()


@pytest.fixture
def supervisor(world):
    return Account.objects.create_user(
        "s", display_name="监管", role=Role.SUPERVISOR, district_id=enterprise().district_id
    )


def feed(world, first: int, *values: float) -> None:
    world.send(hourly("A", first, values))
    progress.live(above(), world.lake, world.store, START + (first + len(values)) * HOUR)


def test_a_finding_that_grows_is_one_clue_that_follows_it(world):
    feed(world, 0, 10, 60)
    clue = Clue.objects.get()
    feed(world, 2, 70, 80)
    clue.refresh_from_db()
    assert Clue.objects.count() == 1
    assert clue.findings.count() == 1
    assert (clue.title, clue.severity) == ("连续 3 小时高于 50", 4)
    assert audit.verify()[1] is None


def test_the_finding_is_recomputed_from_the_clue_page_and_travels_in_the_pack(world, supervisor, client):
    feed(world, 0, 10, 60, 70, 20)
    clue = Clue.objects.get()
    finding = clue.findings.get()
    client.force_login(supervisor)
    address = reverse("clues:verify", args=[clue.clue_no, finding.fingerprint])
    assert "复算一致" in client.post(address, follow=True).content.decode()
    answer = client.get(reverse("clues:pack", args=[clue.clue_no]))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as pack:
        manifest = json.loads(pack.read(f"inputs/{finding.inputs_sha256}"))
        frozen = {f"inputs/{entry['sha256']}" for entry in manifest["inputs"]}
        assert frozen <= set(pack.namelist())


def test_a_frozen_file_that_was_changed_is_found_from_the_clue_page(world, supervisor, client):
    feed(world, 0, 10, 60, 70, 20)
    clue = Clue.objects.get()
    finding = clue.findings.get()
    path = world.store.path(finding.inputs_sha256)
    path.write_bytes(path.read_bytes().replace(b"60", b"61"))
    client.force_login(supervisor)
    address = reverse("clues:verify", args=[clue.clue_no, finding.fingerprint])
    assert "与其哈希不符" in client.post(address, follow=True).content.decode()
