"""Inputs for notebook 06."""

from __future__ import annotations


def layer_norm(rng):
    """Rows or images of any size, sometimes with examples whose values are all alike."""
    sizes = rng.integers(1, 6, size=rng.choice([2, 4]))
    return _and_weights(rng, _filled(rng, sizes, axes=tuple(range(1, len(sizes)))))


def group_norm(rng):
    """Pictures, and groups that mostly divide their channels; sometimes a group whose values are all alike."""
    *sizes, groups, size = rng.integers(1, 4, size=5)
    channels = groups * size
    x = _filled(rng, (*sizes, groups, size), axes=(1, 2, 4)).reshape(*sizes, channels)
    if rng.random() < 0.25:
        groups = rng.integers(1, channels + 3)
    x, *weights = _and_weights(rng, x)
    return x, int(groups), *weights


def instance_norm(rng):
    """Images of any size, sometimes with a channel of an image whose values are all alike."""
    return _and_weights(rng, _filled(rng, rng.integers(1, 6, size=4), axes=(1, 2)))


def _filled(rng, sizes, axes):
    """Sets over ``axes`` of every spread from none (multiples of 1/8, exact in float32, too) to 1."""
    of_a_set = [1 if axis in axes else size for axis, size in enumerate(sizes)]
    spread = rng.choice([0.0, 0.02, 0.1, 0.3, 1.0], size=of_a_set, p=[0.1, 0.2, 0.3, 0.3, 0.1])
    return rng.integers(-8, 9, size=of_a_set) / 8 + spread * rng.normal(size=sizes)


def _and_weights(rng, x):
    """x with gamma and beta, and an epsilon, or the default where that is felt."""
    weights = x, rng.normal(size=x.shape[-1]) + 0.5, rng.normal(size=x.shape[-1])
    return weights if rng.random() < 0.4 else (*weights, float(rng.choice([1e-3, 1e-2, 0.1])))
