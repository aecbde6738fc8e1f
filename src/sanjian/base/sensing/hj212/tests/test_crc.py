"""The CRC of appendix A, one frame at a time and in batches."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.sensing.hj212.crc import crc16, crc16_batch, crc16_modbus


def by_the_book(data: bytes) -> int:
    """The algorithm as the appendix words it."""
    register = 0xFFFF
    for byte in data:
        register = (register >> 8) ^ byte
        for _ in range(8):
            register = (register >> 1) ^ 0xA001 if register & 1 else register >> 1
    return register


@pytest.mark.clause("HJ 212-2017 appendix A")
@pytest.mark.parametrize(
    ("data", "crc"),
    [
        (b"123456789", 0x2F80),
        (b"", 0xFFFF),
        (
            b"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&",
            0x1C80,
        ),
        (b"QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&", 0x2200),
    ],
)
def test_examples_of_the_standard(data: bytes, crc: int) -> None:
    assert crc16(data) == crc


def test_modbus_check_value() -> None:
    assert crc16_modbus(b"123456789") == 0x4B37


@given(st.binary(max_size=3000))
def test_equals_the_algorithm_of_the_appendix(data: bytes) -> None:
    assert crc16(data) == by_the_book(data)


@given(st.binary(max_size=400))
def test_modbus_equals_its_bitwise_form(data: bytes) -> None:
    register = 0xFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ 0xA001 if register & 1 else register >> 1
    assert crc16_modbus(data) == register


@given(st.binary(max_size=600), st.lists(st.tuples(st.integers(0, 600), st.integers(0, 600)), max_size=20))
def test_batch_equals_single_for_any_slices(data: bytes, cuts: list[tuple[int, int]]) -> None:
    slices = [(min(a, len(data)), min(b, len(data) - min(a, len(data)))) for a, b in cuts]
    starts = np.array([a for a, _ in slices], dtype=np.int64)
    sizes = np.array([b for _, b in slices], dtype=np.int64)
    found = crc16_batch(np.frombuffer(data, np.uint8), starts, sizes)
    assert found.tolist() == [crc16(data[a : a + b]) for a, b in slices]


def test_the_crc_cannot_see_two_blocks_of_eight_bytes_change_places() -> None:
    """Why a fitting CRC never counts as proof of integrity."""
    assert crc16(b"xxABCDEFGH12345678yy") == crc16(b"xx12345678ABCDEFGHyy")
