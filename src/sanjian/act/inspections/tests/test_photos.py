"""Photos are kept as they came, hashed again, and marked when something does not fit."""

import hashlib
import io
from datetime import timedelta

import pytest
from PIL import Image

from sanjian.act.clues.tests.cast import NOW
from sanjian.act.inspections.services.errors import PhotoError
from sanjian.act.inspections.services.photos import MAX_BYTES, Capture, attach_photo, thumbnail
from sanjian.act.inspections.services.visits import check_in
from sanjian.base.config import config
from sanjian.base.evidence.store import Store
from sanjian.base.identity.models import AuditEntry

from .pictures import jpeg, png


@pytest.fixture
def visit(code, cast):
    return check_in(code, cast.officer, now=NOW)


def test_the_original_is_kept_byte_for_byte_with_device_and_server_time(visit, cast):
    content = jpeg()
    sha256 = hashlib.sha256(content).hexdigest()
    capture = Capture(sha256, NOW - timedelta(minutes=3), 123456.7, 31.2, 121.5, 8.0)
    photo = attach_photo(visit, content, cast.officer, capture=capture, name="IMG_1.jpg", now=NOW)
    assert Store(config().evidence_root).get(photo.file_id) == content
    assert (photo.file_id, photo.hash_state) == (sha256, "match")
    assert (photo.taken_at, photo.received_at) == (NOW - timedelta(minutes=3), NOW)
    assert (photo.width_px, photo.height_px, photo.accuracy_m) == (640, 480, 8.0)


def test_a_photo_whose_hash_differs_from_the_device_is_kept_and_marked(visit, cast):
    photo = attach_photo(visit, jpeg(), cast.officer, capture=Capture(sha256="0" * 64), now=NOW)
    assert photo.hash_state == "differs"
    assert AuditEntry.objects.get(act="visit.photo").details["hash"] == "differs"


def test_a_photo_without_script_is_kept_as_such(visit, cast):
    assert attach_photo(visit, jpeg(), cast.officer, now=NOW).hash_state == "none"


def test_uploading_the_same_photo_again_is_one_photo(visit, cast):
    question = cast.item.questions.first()
    first = attach_photo(visit, jpeg(), cast.officer, question=question, now=NOW)
    assert attach_photo(visit, jpeg(), cast.officer, question=question, now=NOW) == first
    assert visit.photos.count() == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", b"GIF89a" + b"0" * 100, jpeg()[:-200], b"\x00" * (MAX_BYTES + 1), png((9000, 9000))],
    ids=["empty", "text", "gif", "cut off", "too big", "too many pixels"],
)
def test_what_is_no_good_photo_is_refused_in_words_and_nothing_is_kept(visit, cast, content):
    with pytest.raises(PhotoError) as error:
        attach_photo(visit, content, cast.officer, now=NOW)
    assert error.value.message
    assert not visit.photos.exists()


def test_a_thumbnail_is_small_and_carries_no_metadata(visit, cast):
    exif = Image.Exif()
    exif[0x010F] = "maker"
    photo = attach_photo(visit, jpeg(size=(2000, 1000), exif=exif.tobytes()), cast.officer, now=NOW)
    with Image.open(io.BytesIO(thumbnail(photo))) as small:
        assert max(small.size) <= 480
        assert not small.getexif()
