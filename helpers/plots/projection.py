"""The backward pass of batch normalization as what it is: two projections."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle
from numpy.typing import ArrayLike

from helpers import nn

from . import checks
from .style import (
    BLUE,
    INK,
    STYLES,
    VERMILLION,
    WIDTH,
    CourseFigure,
    approximately,
    footnote,
    new_figure,
    styled,
    titled,
)

_QUIET = "#555555"
_RADIUS = np.sqrt(3)  # the length of x̂
_LONGEST = 1.6  # of the gradient's parts, on the page, where x̂ has its own length
_CENTRE = 5.35  # of the circle, to the right of where the gradient begins on the left
_LEFT, _RIGHT = -0.35, 9.15  # what the page shows
_BOTTOM = -2 * _RADIUS - 0.1  # both gradients begin at height 0: on the right that is the tip of x̂
_WHY = "Shifting or stretching x\nleaves x̂ unchanged, so\nneither changes the loss."
_NONE = 1e-9  # a part that is shorter than this share of the gradient is 0


@styled
def projection(x: ArrayLike, dy: ArrayLike, *, title: str = "") -> CourseFigure:
    """What batch normalization's backward pass removes from a gradient, for three examples of one channel.

    x: (3,), the channel's values. dy: (3,), the gradient of the loss with respect to the layer's outputs.

    On the left the plane of all vectors that sum to 0, seen from its edge: the mean of dy is removed. On the right
    the same plane from above, with the circle of radius √3 on which every x̂ lies (if ε = 0): the part along x̂ is
    removed. What is left is dx, on the tangent. `nn.normalize` and `nn.normalize_gradient` compute what is drawn.
    All gradients share one scale, chosen to fit, and dx is drawn without its factor γ/σ. The page is turned so that
    x̂ points upwards and dx to the right.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    x, dy = _three(x, "x"), _three(dy, "dy")
    x_hat, _, _, inverse_std = nn.normalize(x, (0,), epsilon=0.0)
    dx = nn.normalize_gradient(dy, x_hat, inverse_std, (0,)) / inverse_std
    up = x_hat / _RADIUS
    right = np.cross(up, np.ones(3)) / _RADIUS
    page = np.stack([right if right @ dy >= 0 else -right, up])
    centred, through, shift = page @ dy, page @ dx, _RADIUS * dy.mean()
    scale = _LONGEST / max(np.linalg.norm(centred), abs(shift))
    centred, through, shift = (np.where(np.abs(part) < _NONE * np.linalg.norm(dy), 0, scale * part)
                               for part in (centred, through, shift))

    top = max(0.7, shift, centred[1]) + 0.2
    figure = new_figure((top + 0.9 - _BOTTOM) * WIDTH / (_RIGHT - _LEFT) + 0.4, title)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(_LEFT, _RIGHT)
    axes.set_ylim(_BOTTOM, top + 0.9)
    for at, step, view in (
        (_LEFT, "1. onto the plane of sum 0", "the plane, seen from its edge"),
        (_CENTRE - _RADIUS, "2. onto the tangent", "the same plane, seen from above"),
    ):
        axes.text(at, top + 0.85, step, fontsize=19, va="top")
        axes.text(at, top + 0.47, view, fontsize=16, va="top", color=_QUIET)
    axes.text(_LEFT, _BOTTOM + 0.3, _WHY, fontsize=18, va="bottom", linespacing=1.35)
    _onto_the_plane(axes, np.linalg.norm(centred), float(shift))
    _onto_the_tangent(axes, np.array([_CENTRE, 0]), centred, through)
    footnote(figure, "gradients drawn to their own scale; dx without its factor γ/σ")
    figure.description = _describe(title, x_hat, dy, dx)
    return figure


def _three(value: ArrayLike, argument: str) -> np.ndarray:
    array = checks.numbers(value, argument, "3")
    if array.shape != (3,) or not np.isfinite(array).all():
        raise ValueError(f"{argument}: expected three finite numbers, got {array.tolist()}")
    if np.ptp(array) <= _NONE * np.abs(array).max():
        raise ValueError(f"{argument}: expected three numbers that are not all alike, got {array.tolist()}")
    return array


def _onto_the_plane(axes: Axes, length: float, shift: float) -> None:
    axes.plot([_LEFT, _CENTRE - _RADIUS - 0.45], [0, 0], color=_QUIET, linewidth=1.5, zorder=1)
    away = 1 if shift >= 0 else -1
    _removed(axes, np.array([length, 0]), np.array([length, shift]), "removed:\nwould\nonly shift",
             (length + 0.15, shift / 2 if abs(shift) > 0.9 else 0.5 * away))
    if shift:
        _arrow(axes, (0, 0), (length, shift), VERMILLION, "dy")
        axes.text(0.55 * length - 0.1, 0.55 * shift + 0.12 * away, "dy", color=STYLES["second"].text_color, fontsize=22,
                  ha="right", va="bottom" if shift > 0 else "top")
    _arrow(axes, (0, 0), (length, 0), VERMILLION, "dy in the plane")
    axes.text(0, -0.2 * away, "dy − mean" if shift else "dy: its mean is 0", fontsize=18,
              color=STYLES["second"].text_color, va="top" if shift >= 0 else "bottom")


def _onto_the_tangent(axes: Axes, tip: np.ndarray, centred: np.ndarray, through: np.ndarray) -> None:
    centre = tip - (0, _RADIUS)
    axes.add_patch(Circle(centre, _RADIUS, facecolor="#F5F5F5", edgecolor=_QUIET, linewidth=1.5, zorder=0))
    axes.plot(*centre, "o", color=INK, markersize=7)
    axes.plot(tip[0] + np.array([-1.2, 1.2]), [0, 0], color=_QUIET, linewidth=1.5, linestyle=":", zorder=1)
    _arrow(axes, centre, tip, INK, "x_hat")
    axes.text(*(centre + (-0.15, 0.5 * _RADIUS)), "x̂", fontsize=24, ha="right", va="center")
    axes.text(*(centre - (0, 0.45)), "every x̂ lies on\nthis circle: sum 0,\nlength √3", color=_QUIET, fontsize=16,
              ha="center", va="top")
    outwards = centred[1] >= 0
    height = max(centred[1] / 2, 0.72) if outwards else min(centred[1] / 2, -0.72)
    _removed(axes, tip + through, tip + centred, "removed: would\nonly stretch",
             tip + (max(through[0], 0 if outwards else _edge(height - 0.3)) + 0.18, height))
    if centred[1]:
        _arrow(axes, tip, tip + centred, VERMILLION, "dy in the plane")
        at, how = ((0.5 * centred + (-0.1, 0.15), {"ha": "right", "va": "bottom"}) if outwards else
                   ((0.12, min(centred[1], -0.8) - 0.15), {"va": "top"}))
        axes.text(*(tip + at), "dy − mean", color=STYLES["second"].text_color, fontsize=18, **how)
    if through.any():
        _arrow(axes, tip, tip + through, BLUE, "dx")
    said = "dx: what\ngets through" if through.any() else "dx = 0: nothing\ngets through"
    axes.text(*(tip + (max(through[0], _edge(-0.3)) + 0.18, 0)), said, fontsize=18, color=STYLES["batch"].text_color,
              va="center")


def _edge(height: float) -> float:
    """Where the circle is on the right, at a height below the tip of x̂: text begins outside."""
    return float(np.sqrt(max(0, _RADIUS**2 - (height + _RADIUS) ** 2)))


def _arrow(axes: Axes, start: ArrayLike, end: ArrayLike, color: str, name: str) -> None:
    head = min(22, 60 * float(np.linalg.norm(np.subtract(end, start))))
    axes.annotate("", xy=end, xytext=start, gid=name, zorder=4, arrowprops={
        "arrowstyle": "-|>,head_length=0.75,head_width=0.36", "mutation_scale": head, "color": color, "linewidth": 4.5,
        "shrinkA": 0, "shrinkB": 0, "joinstyle": "miter", "capstyle": "butt",
    })


def _removed(axes: Axes, start: np.ndarray, end: np.ndarray, said: str, at: ArrayLike) -> None:
    if (start == end).all():
        return
    axes.plot(*np.stack([start, end]).T, color=_QUIET, linewidth=3, linestyle=(0, (3, 2)), zorder=3)
    axes.text(*at, said, color=_QUIET, fontsize=18, va="center")


def _zeroed(value: ArrayLike) -> np.ndarray:
    """Rounding errors, which no other machine repeats, are 0."""
    return np.where(np.abs(value) < _NONE, 0.0, value)


def _describe(title: str, x_hat: np.ndarray, dy: np.ndarray, dx: np.ndarray) -> str:
    mean, stretch = _zeroed(dy.mean()), _zeroed(dy @ x_hat / 3)
    return " ".join([
        f"Vectors of three examples of one channel, in two drawings{titled(title)}: the backward pass of batch "
        "normalization as two projections of the gradient from above, dy.",
        "1. onto the plane of all vectors that sum to 0, seen from its edge: the mean of dy, "
        f"{approximately(mean)}, is removed (dashed), since it would only shift all three.",
        "2. onto the tangent, in the same plane seen from above: every x̂ lies on a circle of radius √3; of dy − mean, "
        f"drawn at the tip of x̂, the part along x̂, {approximately(stretch)} times x̂, is removed (dashed), since it "
        "would only stretch. dx, along the tangent of the circle, is what gets through, up to the factor γ/σ.",
        *(f"{name}: ({', '.join(map(approximately, _zeroed(vector)))})." for name, vector in
          (("x̂", x_hat), ("dy", dy), ("dx without the factor", dx))),
    ])
