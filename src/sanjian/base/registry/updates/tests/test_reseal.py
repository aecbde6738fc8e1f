"""After the secret key changed, originals and personal values of imports are sealed anew: the old key can go."""

import pytest
from django.test import override_settings

from sanjian.base.identity.personal import Unreadable
from sanjian.base.registry.models import ImportBatch
from sanjian.base.registry.tests.cast import Cast
from sanjian.base.registry.updates import lines, sealed
from sanjian.base.registry.updates.columns import OFFICERS
from sanjian.base.registry.updates.resealing import reseal_all

from .cast import csv_of, preview

HEAD = ("工号", "姓名", "机构编码", "身份证号", "电话")
CONTENT = csv_of(("P1", "张三", "x", "310115199001011234", "13812345678"), head=HEAD)


def test_imports_open_under_the_new_key_alone(cast: Cast, settings) -> None:
    batch = preview(CONTENT, cast.person["keeper"], register="officers")
    old = settings.SECRET_KEY
    with override_settings(SECRET_KEY="new key", SECRET_KEY_FALLBACKS=[old]):
        assert reseal_all() == 2
        assert reseal_all() == 0, "done again it changes nothing"
    with override_settings(SECRET_KEY="new key", SECRET_KEY_FALLBACKS=[]):
        batch = ImportBatch.objects.get(pk=batch.pk)
        assert sealed.unseal(batch.file_sha256) == CONTENT
        assert lines.opened(OFFICERS, batch.rows.get().values)["phone"] == "13812345678"


def test_without_the_old_key_it_says_so_and_spoils_nothing(cast: Cast) -> None:
    batch = preview(CONTENT, cast.person["keeper"], register="officers")
    with override_settings(SECRET_KEY="new key", SECRET_KEY_FALLBACKS=[]), pytest.raises(Unreadable):
        reseal_all()
    assert sealed.unseal(ImportBatch.objects.get(pk=batch.pk).file_sha256) == CONTENT
