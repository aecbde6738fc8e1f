"""A supervisor sends a file, sees what it will do, confirms and undoes it on the pages; nobody else finds them."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sanjian.base.registry.models import ImportBatch, InspectionObject
from sanjian.base.registry.tests.cast import Cast
from sanjian.base.registry.updates.tests.cast import CODES, csv_of, preview

PageOf = Callable[[str], Client]
GOOD = csv_of((CODES[0], "丙申化工有限公司", "浦东新区", "沪太路1号", "2614"))


def _send(client: Client, content: bytes, register: str = "objects", day: str = "2026-11-01"):
    file = SimpleUploadedFile("表.csv", content)
    return client.post(reverse("updates_upload"), {"register": register, "file": file, "valid_from": day})


def test_upload_preview_confirm_undo(cast: Cast, page_of: PageOf) -> None:
    client = page_of("keeper")
    sent = _send(client, GOOD)
    batch = ImportBatch.objects.get()
    assert sent.url == reverse("updates_batch", args=[batch.pk])
    page = client.get(sent.url).content.decode()
    assert "丙申化工有限公司" in page
    assert "确认写入 1 行" in page
    client.post(reverse("updates_confirm", args=[batch.pk]))
    assert InspectionObject.objects.filter(credit_code=CODES[0]).exists()
    assert client.post(reverse("updates_undo", args=[batch.pk]), {"reason": ""}).status_code == 422
    client.post(reverse("updates_undo", args=[batch.pk]), {"reason": "有误"})
    assert not InspectionObject.objects.filter(credit_code=CODES[0]).exists()


def test_old_and_new_are_shown_and_counts_filter(cast: Cast, page_of: PageOf) -> None:
    preview(GOOD, cast.person["keeper"])
    client = page_of("keeper")
    client.post(reverse("updates_confirm", args=[ImportBatch.objects.get().pk]))
    _send(client, csv_of((CODES[0], "", "", "沪太路2号", ""), ("1", "坏", "浦东新区", "", "")))
    batch = ImportBatch.objects.order_by("-id")[0]
    page = client.get(reverse("updates_batch", args=[batch.pk]) + "?outcome=changed").content.decode()
    assert "<del>沪太路1号</del>" in page
    assert "<ins>沪太路2号</ins>" in page
    assert "坏" not in client.get(reverse("updates_batch", args=[batch.pk]) + "?outcome=new").content.decode()
    workbook = client.get(reverse("updates_errors", args=[batch.pk]))
    assert workbook["Content-Type"].endswith("spreadsheetml.sheet")


def test_a_file_that_cannot_be_taken_comes_back_with_the_reason(cast: Cast, page_of: PageOf) -> None:
    client = page_of("keeper")
    answer = _send(client, b"")
    assert answer.status_code == 422
    assert "空" in answer.content.decode()
    assert _send(client, GOOD, register="items").status_code == 422, "items are the city's"
    assert _send(client, GOOD, day="1020-01-01").status_code == 422
    failed = _send(client, b"PK\x03\x04broken")
    assert "损坏" in client.get(failed.url).content.decode()


def test_progress_moves_and_then_refreshes_the_page(cast: Cast, page_of: PageOf) -> None:
    batch = preview(GOOD, cast.person["keeper"])
    client = page_of("keeper")
    assert client.get(reverse("updates_progress", args=[batch.pk]))["HX-Refresh"] == "true"
    ImportBatch.objects.update(state="applying")
    moving = client.get(reverse("updates_progress", args=[batch.pk]))
    assert "HX-Refresh" not in moving
    assert 'hx-trigger="every 1s"' in moving.content.decode()


def test_a_doubtful_row_is_settled_on_the_page(cast: Cast, page_of: PageOf) -> None:
    InspectionObject.objects.create(name="丙申化工有限责任公司", district=cast.plant.district, address="沪太路1号")
    client = page_of("keeper")
    batch_at = _send(client, csv_of((CODES[0], "上海丙申化工有限公司", "浦东新区", "沪太路1号", ""))).url
    assert "是同一对象" in client.get(batch_at).content.decode()
    row = ImportBatch.objects.get().rows.get()
    client.post(reverse("updates_row", args=[row.batch_id, row.pk]), {"same": "1"})
    row.refresh_from_db()
    assert row.outcome == "changed"


def test_a_batch_is_found_in_its_own_district_and_by_the_city_only(cast: Cast, page_of: PageOf) -> None:
    batch = preview(GOOD, cast.person["keeper"])
    address = reverse("updates_batch", args=[batch.pk])
    assert page_of("keeper").get(address).status_code == 200
    assert page_of("supervisor").get(address).status_code == 200
    for name in ("other_keeper", "monitor", "officer", "neighbour", "enterprise", "operator", "security", "auditor"):
        assert page_of(name).get(address).status_code == 404, name
    assert page_of("other_keeper").post(reverse("updates_confirm", args=[batch.pk])).status_code == 404
    assert "表.csv" not in page_of("other_keeper").get(reverse("updates")).content.decode()


@pytest.mark.parametrize("register", ["objects", "officers", "instruments", "items"])
def test_templates_can_be_downloaded(cast: Cast, page_of: PageOf, register: str) -> None:
    assert page_of("supervisor").get(reverse("updates_template", args=[register])).status_code == 200
    expected = 404 if register == "items" else 200
    assert page_of("keeper").get(reverse("updates_template", args=[register])).status_code == expected


def test_the_list_says_what_to_do_when_empty(cast: Cast, page_of: PageOf) -> None:
    assert "还没有导入批次" in page_of("keeper").get(reverse("updates")).content.decode()
    preview(GOOD, cast.person["keeper"])
    listed = page_of("keeper").get(reverse("updates") + "?register=objects&state=previewed&q=表").content.decode()
    assert "表.csv" in listed
