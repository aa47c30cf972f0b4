"""A batch normalization layer at work: which of its statistics a call uses, and what the call changes."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from . import checks
from .style import (
    BLUE,
    INK,
    PALE,
    STYLES,
    VERMILLION,
    CourseFigure,
    new_figure,
    styled,
    titled,
    wrap,
)

_FAINT = "#767676"  # of text on white: a contrast of 4.5
_COLORS = {"batch": (VERMILLION, STYLES["second"].text_color), "moving": (BLUE, STYLES["first"].text_color)}
_AT = {"batch": 0.78, "moving": 2.42}  # centres of the two boxes of statistics
_ROWS = 32  # of the batch on which the layer is tried


@styled
def layer_modes(layer: Any, calls: Mapping[str, tuple[bool, bool]], *, title: str = "") -> CourseFigure:
    """Which statistics a batch normalization layer of Keras uses in each call, and what the call changes.

    layer: built, with gamma, beta, moving mean and moving variance, each (C,), for inputs of shape (N, C).
    calls: label -> (training, trainable), one to three: the argument of the call, and the layer's attribute.

    Nothing is drawn from memory: the layer is called on a batch, its output is compared with what the batch's and what
    the moving statistics give, and γ and β are trained in `fit` if the layer lists them as trainable. (The argument
    `training` does not decide that.) It then gets back its weights and its attribute.

    Raises TypeError or ValueError that names the argument, what was expected and what came; ValueError, too, for a
    layer whose output is neither.
    """
    checks.nonempty_mapping(calls, "calls", "label: (training, trainable)")
    if len(calls) > 3:
        raise ValueError(f"calls: expected at most 3, got {len(calls)}")
    found = {}
    for label, call in calls.items():
        training, trainable = checks.pair(call, f"calls[{label!r}]", "(training, trainable)")
        found[label] = _tried(layer, bool(training), bool(trainable))
    figure = new_figure(4.2, title)
    for axes, (label, (used, updates, trained)) in zip(
        figure.subplots(1, len(found), squeeze=False)[0], found.items(), strict=True
    ):
        _draw(axes, label, used, updates, trained)
    figure.description = " ".join([
        f"Diagrams side by side{titled(title)}: what a batch normalization layer does in a call, found by calling it.",
        *(
            f"{label}: normalizes with the {'batch’s' if used == 'batch' else 'moving'} mean and variance; "
            f"{'the moving ones are updated' if updates else 'nothing is updated'}; γ and β are "
            f"{'trained in fit' if trained else 'frozen'}."
            for label, (used, updates, trained) in found.items()
        ),
    ])
    return figure


def _tried(layer: Any, training: bool, trainable: bool) -> tuple[str, bool, bool]:
    """Which statistics the call used, whether it updated the moving ones, and whether γ and β are left trainable."""
    kept, attribute = layer.get_weights(), layer.trainable
    if len(kept) != 4 or kept[0].ndim != 1:
        raise ValueError(f"layer: expected four weights of shape (C,), got {[np.shape(weight) for weight in kept]}")
    gamma, beta, mean, variance = (np.asarray(weight, float) for weight in kept)
    x = np.random.default_rng(0).normal(mean + 2 * np.sqrt(variance) + 1, 2, size=(_ROWS, len(gamma)))
    try:
        layer.trainable = trainable
        output = np.asarray(layer(x.astype(np.float32), training=training))
        updates = not all(np.array_equal(new, old) for new, old in zip(layer.get_weights(), kept, strict=True))
        trained = bool(layer.trainable_weights)
    finally:
        layer.set_weights(kept)
        layer.trainable = attribute
    for used, (m, v) in {"batch": (x.mean(axis=0), x.var(axis=0)), "moving": (mean, variance)}.items():
        if np.allclose(output, gamma * (x - m) / np.sqrt(v + layer.epsilon) + beta, rtol=1e-2, atol=1e-2):
            return used, updates, trained
    raise ValueError("layer: its output is normalized neither with the batch's nor with the moving statistics")


def _draw(axes: Axes, label: str, used: str, updates: bool, trained: bool) -> None:
    axes.set_axis_off()
    axes.set_xlim(0, 3.2)
    axes.set_ylim(0, 4.1)
    axes.text(1.6, 4.1, wrap(label, 24), ha="center", va="top", fontsize=17, fontweight="bold", linespacing=1.2)
    for name in ("batch", "moving"):
        color, text_color = _COLORS[name] if name == used else (PALE, _FAINT)
        owner = "batch’s" if name == "batch" else "moving"
        _box(axes, _AT[name], 2.62, 0.66, 0.42, f"{owner}\nmean,\nvariance", color, text_color, filled=name == used)
    _arrow(axes, (_AT[used], 2.18), (1.6, 1.52), _COLORS[used][0], 5)
    if updates:
        axes.annotate(
            "", xy=(_AT["moving"], 3.07), xytext=(_AT["batch"], 3.07),
            arrowprops={"arrowstyle": "-|>,head_width=0.35,head_length=0.6", "color": INK, "linewidth": 2.2,
                        "connectionstyle": "arc3,rad=-0.28"},
        )
        axes.text(1.6, 3.34, "updates", ha="center", va="bottom", fontsize=15)
    _box(axes, 1.6, 1.25, 1.1, 0.24, "normalize x", INK, INK)
    _arrow(axes, (1.6, 1.0), (1.6, 0.72), INK, 2.2)
    _box(axes, 1.6, 0.35, 1.45, 0.33, f"times γ, plus β\n({'trained in fit' if trained else 'frozen'})", INK, INK)


def _box(axes: Axes, x: float, y: float, half_width: float, half_height: float, text: str, color: str, text_color: str,
         filled: bool = False) -> None:
    axes.add_patch(FancyBboxPatch(
        (x - half_width, y - half_height), 2 * half_width, 2 * half_height, boxstyle="round,pad=0,rounding_size=0.1",
        facecolor="#F5F5F5" if filled else "white", edgecolor=color, linewidth=3.5 if filled else 1.8,
    ))
    axes.text(x, y, text, ha="center", va="center", fontsize=15, color=text_color, linespacing=1.1)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], color: str, width: float) -> None:
    axes.annotate("", xy=end, xytext=start, arrowprops={
        "arrowstyle": "-|>,head_width=0.4,head_length=0.6", "color": color, "linewidth": width, "shrinkA": 0,
        "shrinkB": 0,
    })
