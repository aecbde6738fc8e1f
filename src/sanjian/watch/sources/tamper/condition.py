"""The condition of equipment from many channels at once: treatment facilities, pumps, valves.

A run of normal operation teaches how the channels lie and move together; a moment is judged by how far the trailing
means of its channels lie outside, by Mahalanobis distance, at several lengths of mean. Short means see a jolt, long
ones a slow closing; their geometric mean asks for both a little. The covariance is shrunk towards its diagonal, for a
few minutes of training say little about how eight channels lie together.
"""

from dataclasses import dataclass

import numpy as np

from .signal import Array


@dataclass(frozen=True, slots=True)
class Watch:
    """How equipment is watched; our choices.

    Args:
        means: lengths of the trailing means, in steps.
        shrink: weight of the diagonal in the covariance.
        clip: a channel counts at most this many standard deviations, so that one broken channel is not everything.
    """

    means: tuple[int, ...] = (15, 30, 60)
    shrink: float = 0.3
    clip: float = 8.0


def strangeness(channels: Array, normal: int, watch: Watch | None = None) -> Array:
    """How strange each moment is; 1 is the 99th percentile of the normal run.

    Args:
        channels: equal steps, shape (n, m), no NaN.
        normal: the first so many rows are normal operation, more than the longest mean.

    Returns:
        Shape (n,), above zero.

    Raises:
        ValueError: the normal run is not longer than the longest mean.
    """
    settings = watch or Watch()
    if normal <= max(settings.means) + channels.shape[1]:
        raise ValueError(f"{normal} rows of normal operation are too few for means of {max(settings.means)}")
    train = channels[:normal]
    spread = np.std(train, axis=0) + 1e-9
    standard = np.clip((channels - np.median(train, axis=0)) / spread, -settings.clip, settings.clip)
    return np.asarray(
        np.exp(
            np.mean([np.log(_distance(standard, normal, m, settings.shrink) + 1e-9) for m in settings.means], axis=0)
        )
    )


def _distance(standard: Array, normal: int, length: int, shrink: float) -> Array:
    means = _trailing_mean(standard, length)
    usual = means[length:normal]
    covariance = np.cov(usual.T)
    diagonal = np.diag(np.diag(covariance))
    covariance = (1 - shrink) * covariance + shrink * diagonal + 1e-3 * np.eye(len(covariance))
    off = means - usual.mean(axis=0)
    squared = np.einsum("ij,jk,ik->i", off, np.linalg.inv(covariance), off)
    return np.asarray(squared / np.quantile(squared[length:normal], 0.99))


def _trailing_mean(values: Array, length: int) -> Array:
    total = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])
    ends = np.arange(len(values)) + 1
    begins = np.maximum(0, ends - length)
    return np.asarray((total[ends] - total[begins]) / (ends - begins)[:, None])
