"""What exercises of notebook 03 share."""

from __future__ import annotations

import numpy as np


def _root(variance, epsilon):
    return np.sqrt(variance + epsilon)
