"""SM4 of HJ 212-2025: ECB, no padding, over the data area between `CP=&&` and the closing `&&`.

Bytes after the last full block of 16 stay plain, so the length does not change. The annex prints ciphertext as
`{0xE4,0x3E,...}tail`; whether that is notation or wire text is an open point, so both are read.

Source: HJ 212-2025, 6.4 and appendix A.2 (as quoted in public code).
"""

import re

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

from .errors import BadKey

_LITERAL = re.compile(rb"\{((?:0[xX][0-9A-Fa-f]{2},)*0[xX][0-9A-Fa-f]{2})\}")
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _cipher(key: bytes) -> "Cipher[modes.ECB]":
    if len(key) != 16:
        raise BadKey(f"SM4 密钥应为 16 字节，实际 {len(key)} 字节")
    return Cipher(SM4(key), modes.ECB())  # noqa: S305 (the standard prescribes ECB)


def encrypt(plain: bytes, key: bytes) -> bytes:
    """Ciphertext of a data area, same length; a rest shorter than 16 bytes stays plain.

    Raises:
        BadKey: the key is not 16 bytes.
    """
    whole = len(plain) // 16 * 16
    worker = _cipher(key).encryptor()
    return worker.update(plain[:whole]) + worker.finalize() + plain[whole:]


def decrypt(area: bytes, key: bytes) -> bytes:
    """Plain data area of raw ciphertext or of the printed `{0x..}` form.

    Raises:
        BadKey: the key is not 16 bytes.
    """
    area = wire_bytes(area)
    whole = len(area) // 16 * 16
    worker = _cipher(key).decryptor()
    return worker.update(area[:whole]) + worker.finalize() + area[whole:]


def wire_bytes(area: bytes) -> bytes:
    """The ciphertext bytes of a data area: the printed form unfolded, anything else unchanged."""
    literal = _LITERAL.match(area)
    if literal is None:
        return area
    return bytes(int(item, 16) for item in literal[1].split(b",")) + area[literal.end() :]


def looks_encrypted(area: bytes) -> bool:
    """Whether a data area is ciphertext: the printed form, control bytes, or bytes that are no text at all."""
    if _LITERAL.match(area) or _BINARY.search(area):
        return True
    if area.isascii():
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            area.decode(encoding)
        except UnicodeDecodeError:
            continue
        return False
    return len(area) >= 16
