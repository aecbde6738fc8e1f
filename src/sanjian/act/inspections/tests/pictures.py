"""Small real pictures for tests."""

import io

from PIL import Image


def jpeg(colour: tuple[int, int, int] = (90, 120, 110), size: tuple[int, int] = (640, 480), exif: bytes = b"") -> bytes:
    """A JPEG of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


def png(size: tuple[int, int]) -> bytes:
    """A black PNG, tiny in bytes however large in pixels."""
    out = io.BytesIO()
    Image.new("1", size).save(out, "PNG")
    return out.getvalue()
