"""Neural networks from scratch, in NumPy: a library to be read in an evening.

A layer is called on a batch and can carry a gradient back::

    layer = nn.BatchNormalization()
    y = layer(x, training=True)          # (N, C) or (N, H, W, C), float32 or float64
    dx = layer.backward(dy)              # and layer.gradients["gamma"], layer.gradients["beta"]

A network is a list of layers; training is a loop over minibatches::

    model = nn.Sequential([nn.Dense(100), nn.Sigmoid(), nn.Dense(10)], seed=0)
    history = nn.fit(model, x, labels, optimizer=nn.SGD(0.1), batch_size=60, epochs=2)

In reading order: ``layer`` (what all layers share), ``core`` (dense layers, activations),
``normalization`` (one normalizer, many sets of axes), ``losses``, ``optimizers``, ``model``
(layers in a row and the training loop), ``gradient_check``. Names, arguments and defaults are
those of Keras, and the tests hold each layer against it.
"""

from helpers.nn.core import Dense, Flatten, ReLU, Sigmoid, glorot_uniform, he_normal, random_normal
from helpers.nn.gradient_check import gradient_check, numeric_gradient, relative_error
from helpers.nn.layer import Layer
from helpers.nn.losses import softmax, softmax_cross_entropy
from helpers.nn.model import History, Sequential, accuracy, batches, fit, train_step
from helpers.nn.normalization import (
    BatchNormalization,
    GroupNormalization,
    InstanceNormalization,
    LayerNormalization,
    Normalized,
    RMSNormalization,
    normalize,
    normalize_gradient,
)
from helpers.nn.optimizers import SGD

__all__ = [
    "SGD",
    "BatchNormalization",
    "Dense",
    "Flatten",
    "History",
    "Layer",
    "Normalized",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "accuracy",
    "batches",
    "fit",
    "glorot_uniform",
    "gradient_check",
    "he_normal",
    "normalize",
    "normalize_gradient",
    "numeric_gradient",
    "random_normal",
    "relative_error",
    "softmax",
    "softmax_cross_entropy",
    "train_step",
]
