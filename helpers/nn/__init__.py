"""Neural networks from scratch, in NumPy: a library to be read in an evening.

A layer is called on a batch and can carry a gradient back::

    layer = nn.LayerNormalization()
    y = layer(x, training=True)          # (N, C) or (N, H, W, C), float32 or float64
    dx = layer.backward(dy)              # and layer.gradients["gamma"], layer.gradients["beta"]

A network is a list of layers; training is a loop over minibatches::

    model = nn.Sequential(
        [nn.Dense(100, use_bias=False), nn.BatchNormalization(), nn.ReLU(), nn.Dropout(0.5),
         nn.Dense(10, kernel_regularizer=nn.L2(1e-4))],
        seed=0,
    )
    history = nn.fit(
        model, x, labels, optimizer=nn.Adam(), batch_size=60, epochs=20, validation_data=(x_val, y_val),
        callbacks=[nn.EarlyStopping(patience=3, restore_best_weights=True)],
    )
    model.save_weights("best.npz")

Everything random comes from seeds: a network's ``seed`` gives its weights and its dropout masks, ``fit``'s
the order of the examples.

In reading order:

    layer            what all layers share: weights by name, a forward and a backward call (arrays: its checks)
    core             Dense, Sigmoid, ReLU, Flatten
    normalization    one normalizer, ``normalize``, over many sets of axes: BatchNormalization,
                     LayerNormalization, InstanceNormalization, GroupNormalization, RMSNormalization
                     (sums: how the sums are made fast; skip it at first)
    local_response   LocalResponseNormalization, across channels or within one
    dropout          Dropout, inverted or classic
    preprocessing    Normalization: standardize with the training data's statistics
    augmentation     rotate, flip, zoom, shift, contrast, brightness, and a random layer for each
    regularizers     L1, L2, L1L2: value, gradient, proximal step
    losses           softmax cross-entropy, mean squared error
    optimizers       SGD, Adam, AdamW; decoupled weight decay for all
    callbacks        EarlyStopping
    model            Sequential, and the training loop ``fit``
    gradient_check   is a gradient right?

Names, arguments, defaults and weight names are Keras', pictures have their channels last, and the tests hold
each layer, optimizer and callback against it. What is added is ``backward``. Left out are initializers by name,
``activation=`` (an activation is a layer here), masks, and what no lecture needs; a bad argument raises where
Keras only warns.
"""

from helpers.nn.augmentation import (
    RandomBrightness,
    RandomContrast,
    RandomFlip,
    RandomRotation,
    RandomTransform,
    RandomTranslation,
    RandomZoom,
    brightness,
    contrast,
    flip,
    rotate,
    shift,
    zoom,
)
from helpers.nn.callbacks import Callback, EarlyStopping
from helpers.nn.core import Dense, Flatten, ReLU, Sigmoid, glorot_uniform, he_normal, random_normal
from helpers.nn.dropout import Dropout
from helpers.nn.gradient_check import gradient_check, numeric_gradient, relative_error
from helpers.nn.layer import Layer
from helpers.nn.local_response import LocalResponseNormalization
from helpers.nn.losses import mean_squared_error, softmax, softmax_cross_entropy
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
from helpers.nn.optimizers import SGD, Adam, AdamW, Optimizer
from helpers.nn.preprocessing import Normalization
from helpers.nn.regularizers import L1, L1L2, L2, soft_threshold

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "SGD",
    "Adam",
    "AdamW",
    "BatchNormalization",
    "Callback",
    "Dense",
    "Dropout",
    "EarlyStopping",
    "Flatten",
    "GroupNormalization",
    "History",
    "InstanceNormalization",
    "Layer",
    "LayerNormalization",
    "LocalResponseNormalization",
    "Normalization",
    "Normalized",
    "Optimizer",
    "RMSNormalization",
    "RandomBrightness",
    "RandomContrast",
    "RandomFlip",
    "RandomRotation",
    "RandomTransform",
    "RandomTranslation",
    "RandomZoom",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "accuracy",
    "batches",
    "brightness",
    "contrast",
    "fit",
    "flip",
    "glorot_uniform",
    "gradient_check",
    "he_normal",
    "mean_squared_error",
    "normalize",
    "normalize_gradient",
    "numeric_gradient",
    "random_normal",
    "relative_error",
    "rotate",
    "shift",
    "soft_threshold",
    "softmax",
    "softmax_cross_entropy",
    "train_step",
    "zoom",
]
