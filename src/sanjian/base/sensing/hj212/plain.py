"""Finding the plain frames of a large read in one go; what the scalar test of `framing` finds, many at a time."""

import numpy as np

_THOUSANDS = np.array([1000, 100, 10, 1])


def plain_frames(buffer: bytes) -> dict[int, int]:
    """Start and end of every frame whose stated length leads to `&&`, four characters and CR LF.

    Neither `##` nor CR LF may stand inside, so that such a frame can be neither stub nor damaged length. Frames may be
    found inside each other's claim only if the outer one is not plain; the caller walks from head to head.
    """
    data = np.frombuffer(buffer, dtype=np.uint8)
    hashes = np.flatnonzero(data[:-1] == 35)
    heads = hashes[data[hashes + 1] == 35]
    feeds = np.flatnonzero(data == 10)
    feeds = feeds[data[feeds - 1] == 13] if feeds.size else feeds
    heads_in = heads[heads + 18 < data.size]
    if not heads_in.size or not feeds.size:
        return {}
    digits = data[heads_in[:, None] + np.arange(2, 6)].astype(np.int64) - 48
    ends = heads_in + 12 + digits @ _THOUSANDS
    good = ((digits >= 0) & (digits <= 9)).all(axis=1) & (ends <= data.size)
    starts, ends = heads_in[good], ends[good]
    first_feed = np.minimum(np.searchsorted(feeds, starts + 6), feeds.size - 1)
    following = np.searchsorted(heads, starts, side="right")
    next_head = np.append(heads, data.size)[following]
    good = (feeds[first_feed] == ends - 1) & (next_head >= ends - 6) & (data[ends - 7] == 38) & (data[ends - 8] == 38)
    good &= ends - starts >= 14
    return dict(zip(starts[good].tolist(), ends[good].tolist(), strict=True))
