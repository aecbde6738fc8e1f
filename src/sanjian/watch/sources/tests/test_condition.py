"""Equipment watched through many channels: what leaves the normal run stands out, and too short a run is refused."""

import numpy as np
import pytest

from sanjian.watch.sources.tamper.condition import strangeness


def _channels() -> np.ndarray:
    random = np.random.default_rng(11)
    return random.normal([10, 200, 3], [0.2, 2, 0.1], (1000, 3))


def test_the_normal_run_is_ordinary_and_a_shifted_channel_is_not() -> None:
    channels = _channels()
    channels[700:, 1] += 4
    strange = strangeness(channels, 400)
    assert np.quantile(strange[60:400], 0.9) < 1
    assert np.median(strange[800:]) > 10
    assert np.median(strange[400:700]) < 3


def test_one_broken_channel_counts_only_so_much() -> None:
    channels = _channels()
    channels[700:, 2] = 1e9
    assert np.isfinite(strangeness(channels, 400)).all()


def test_too_short_a_normal_run_is_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        strangeness(_channels(), 60)
