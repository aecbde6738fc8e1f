"""Readings that contradict each other: one device, factor, kind and data time, but another value.

A resend repeats the value and changes nothing. Another value under the same key is a correction, a back-fill or
tampering: both versions are kept, and someone has to look. Nothing is ever overwritten.
"""

import polars as pl

KEY = ("device_mn", "system_code", "factor_code", "kind", "data_time_at")
"""What makes two readings the same fact."""


def find_conflicts(readings: pl.DataFrame) -> pl.DataFrame:
    """All readings whose key carries more than one value text, in the order of the key.

    Args:
        readings: rows of the readings schema; both new rows and stored rows they may contradict.
    """
    versions = pl.struct("value_text", "min", "max", "total", "zs_value", "data_flag").n_unique().over(*KEY)
    return readings.filter(versions > 1).sort(*KEY)
