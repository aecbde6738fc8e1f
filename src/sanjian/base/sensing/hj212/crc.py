"""The CRC of HJ 212: 16 bits on the wire, 8 bits of state, and cheaper than it looks.

The standard shifts the register right by 8 before each byte, so only its high byte survives: one step is
`s = high ^ byte; high = H[s]`, and the CRC is `T[s]` of the last step. H is linear over GF(2) **and H applied eight
times is the identity**. Hence byte i of n counts only by (n - i) mod 8: XOR the bytes of each of the eight residue
classes together, send the eight results through H^k, XOR them, look up T. That makes the check nearly free, for one
frame (fold a big integer) and for a batch (prefix XOR over 64-bit words).

It also shows how little the check proves: two equal changes eight bytes apart, or two 8-byte blocks changing places,
never change the CRC. Integrity needs more than this.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

_POLYNOMIAL = 0xA001


def _eight_shifts(register: int) -> int:
    for _ in range(8):
        register = (register >> 1) ^ _POLYNOMIAL if register & 1 else register >> 1
    return register


TABLE = [_eight_shifts(byte) for byte in range(256)]


LOW_BYTES = frozenset(crc & 0xFF for crc in TABLE)
"""The low byte of a CRC of the standard is one of these eight."""


def _powers_of_step() -> list[list[int]]:
    """H^0 .. H^7 as 256-entry tables; H^8 is the identity again."""
    powers = [list(range(256))]
    for _ in range(7):
        powers.append([TABLE[state] >> 8 for state in powers[-1]])
    return powers


_POWERS = _powers_of_step()
_FOLDS = [(1 << power, (1 << (1 << power)) - 1) for power in range(12, 5, -1)]


def crc16(data: bytes) -> int:
    """CRC of one data segment, 0..0xFFFF; the empty segment gives 0xFFFF.

    Source: HJ 212-2017, appendix A (循环冗余校验（CRC）算法).
    """
    if not data:
        return 0xFFFF
    number = int.from_bytes(data, "big") ^ (0xFF << (8 * len(data) - 8))
    while number >> 8192:
        number = (number >> 8192) ^ (number & ((1 << 8192) - 1))
    for bits, mask in _FOLDS:
        if number > mask:
            number = (number >> bits) ^ (number & mask)
    state = 0
    for power in _POWERS:
        state ^= power[number & 0xFF]
        number >>= 8
    return TABLE[state]


@cache
def _modbus_words() -> list[int]:
    """The register after two more bytes, by register XOR word; 16 bits are taken in one step."""
    register: NDArray[np.uint32] = np.arange(65_536, dtype=np.uint32)
    for _ in range(16):
        register = ((register >> 1) ^ np.where(register & 1, _POLYNOMIAL, 0)).astype(np.uint32)
    return register.tolist()  # type: ignore[no-any-return]


def crc16_modbus(data: bytes) -> int:
    """CRC-16/MODBUS, which one vendor family sends in place of the standard's CRC (linqiu126/hcu)."""
    table, register = _modbus_words(), 0xFFFF
    for word in np.frombuffer(data, dtype="<u2", count=len(data) // 2).tolist():
        register = table[register ^ word]
    return (register >> 8) ^ TABLE[(register ^ data[-1]) & 0xFF] if len(data) % 2 else register


_TABLE_ARRAY = np.array(TABLE, dtype=np.uint16)
_POWER_ARRAY = np.array(_POWERS, dtype=np.uint8)


def crc16_batch(buffer: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.uint16]:
    """CRC of many segments of one buffer at once.

    Args:
        buffer: all bytes.
        starts: first byte of each segment; segments may lie anywhere and overlap.
        lengths: bytes of each segment, 0 or more.

    Returns:
        One CRC for each segment, equal to `crc16` of its bytes.
    """
    words = np.zeros(buffer.size // 8 + 2, dtype="<u8")
    words.view(np.uint8)[: buffer.size] = buffer
    before = np.zeros(words.size + 1, dtype="<u8")
    np.bitwise_xor.accumulate(words, out=before[1:])

    def prefix(at: NDArray[np.int64]) -> NDArray[np.uint64]:
        """XOR of all bytes before `at`, in eight lanes by position mod 8."""
        word, rest = at >> 3, (at & 7).astype(np.uint64)
        mask = (np.uint64(1) << (rest << np.uint64(3))) - np.uint64(1)
        return np.asarray(before[word] ^ (words[word] & mask), dtype=np.uint64)

    ends = starts + lengths
    lanes = prefix(ends) ^ prefix(starts)
    state = np.zeros(starts.size, dtype=np.uint8)
    for lane in range(8):
        power = (ends - 1 - lane) & 7
        value = ((lanes >> np.uint64(8 * lane)) & np.uint64(0xFF)).astype(np.intp)
        state ^= _POWER_ARRAY[power, value]
    state ^= _POWER_ARRAY[(lengths - 1) & 7, 0xFF]
    return np.where(lengths > 0, _TABLE_ARRAY[state], np.uint16(0xFFFF)).astype(np.uint16)
