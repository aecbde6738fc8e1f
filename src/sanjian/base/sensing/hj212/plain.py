"""Finding the plain frames of a large read in one go; what the scalar test of `framing` finds, many at a time."""

import numpy as np

_THOUSANDS = np.array([1000, 100, 10, 1])


def plain_frames(buffer: bytes) -> dict[int, list[int]]:
    """Runs of plain frames, by the start of the run: the ends of its frames, each the start of the next.

    A plain frame's stated length leads to `&&`, four characters and CR LF, and neither `##` nor a line end stands
    inside, so that it can be neither stub nor damaged length.
    """
    data = np.frombuffer(buffer, dtype=np.uint8)
    hashes = np.flatnonzero(data[:-1] == 35)
    heads = hashes[data[hashes + 1] == 35]
    feeds, returns = np.flatnonzero(data == 10), np.flatnonzero(data == 13)
    starts = heads[heads + 18 < data.size]
    if not starts.size or not feeds.size or not returns.size:
        return {}
    digits = data[starts[:, None] + np.arange(2, 6)].astype(np.int64) - 48
    ends = starts + 12 + digits @ _THOUSANDS
    good = ((digits >= 0) & (digits <= 9)).all(axis=1) & (ends <= data.size) & (ends - starts >= 14)
    letter = data[starts + 6] & 0xDF
    good &= (letter >= 65) & (letter <= 90)
    starts, ends = starts[good], ends[good]
    if not starts.size:
        return {}
    feed_after = feeds[np.minimum(np.searchsorted(feeds, starts), feeds.size - 1)]
    return_after = returns[np.minimum(np.searchsorted(returns, starts), returns.size - 1)]
    head_after = np.append(heads, data.size)[np.searchsorted(heads, starts, side="right")]
    good = (
        (feed_after == ends - 1)
        & (return_after == ends - 2)
        & (head_after >= ends - 6)
        & (data[ends - 7] == 38)
        & (data[ends - 8] == 38)
    )
    starts, ends = starts[good], ends[good]
    borders = np.flatnonzero(starts[1:] != ends[:-1]) + 1
    firsts = starts[np.concatenate(([0], borders))] if starts.size else starts
    runs = np.split(ends, borders)
    return {int(first): run.tolist() for first, run in zip(firsts, runs, strict=True)} if starts.size else {}
