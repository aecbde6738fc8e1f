"""Dust follows work, wind and rain; fog fools the sensor; a covered one is quiet."""

import numpy as np

from sanjian.city import weather
from sanjian.city.dust import cheats, honest
from sanjian.city.plan import Plan
from sanjian.city.truth.ledger import CHEAT, Event

PLAN = Plan(0.01, 1)


def day_of(number: int, device: str = "D1") -> dict[str, np.ndarray]:
    return honest.minutes(PLAN, {"device_mn": device, "site_kind": "construction"}, number).values


def test_work_raises_dust_and_noise() -> None:
    dry = next(d for d in range(30) if d % 7 != 6 and weather.sky(PLAN, d).rain.sum() == 0)
    found = day_of(dry)
    assert found["a34002"][600:900].mean() > found["a34002"][60:240].mean()
    assert found["LA"][600:900].mean() > found["LA"][60:240].mean() + 5


def test_rain_washes_it_out() -> None:
    wet = next(d for d in range(60) if (weather.sky(PLAN, d).rain[480:1020] > 0).mean() > 0.2)
    rain = weather.sky(PLAN, wet).rain[480:1020] > 0
    pm = np.mean([day_of(wet, f"D{n}")["a34002"][480:1020] for n in range(8)], axis=0)
    assert pm[rain].mean() < 0.7 * pm[~rain].mean()


def test_a_covered_sensor_reads_a_share_of_it() -> None:
    row = {"device_mn": "D1", "site_kind": "construction"}
    true = honest.minutes(PLAN, row, 1)
    event = Event(1, "dust", "D1", 1, CHEAT, "covered_sensor", 1440 + 480, 1440 + 960, 0.2)
    sent = cheats.act_out(PLAN, row, 1, true, [event])
    assert np.allclose(sent.values["a34002"][480:960], 0.2 * true.values["a34002"][480:960])
    assert np.array_equal(sent.values["a34002"][960:], true.values["a34002"][960:])
    assert np.array_equal(sent.values["LA"], true.values["LA"])
