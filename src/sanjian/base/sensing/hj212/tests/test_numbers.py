"""Decimals read in bulk equal Python's floats."""

import re
from types import SimpleNamespace
from typing import cast

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sanjian.base.sensing.hj212.numbers import read_decimals
from sanjian.base.sensing.hj212.tokens import PAD, Tokens

SHORT = re.compile(rb"-?[0-9]{1,8}(\.[0-9]*)?")
TEXTS = st.one_of(
    st.from_regex(rb"-?[0-9]{1,9}(\.[0-9]{0,16})?", fullmatch=True),
    st.binary(max_size=20).filter(lambda text: b"=" not in text),
    st.text("0123456789.-+eE/:", max_size=18).map(str.encode),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_short_decimals_are_exact_and_nothing_else_passes(texts: list[bytes]) -> None:
    joined = PAD + b"".join(b"=" + text + b";" for text in texts) + PAD
    sizes = np.array([len(text) for text in texts])
    starts = len(PAD) + 1 + np.cumsum(sizes + 2) - sizes - 2
    tokens = SimpleNamespace(
        joined=joined, buffer=np.frombuffer(joined, np.uint8), value_start=starts, value_size=sizes
    )
    numbers, good = read_decimals(cast("Tokens", tokens), np.arange(len(texts)))
    for text, number, is_good in zip(texts, numbers.tolist(), good.tolist(), strict=True):
        digits = sum(byte in b"0123456789" for byte in text)
        assert is_good == bool(SHORT.fullmatch(text) and digits <= 15), text
        if is_good:
            assert repr(number) == repr(float(text))
