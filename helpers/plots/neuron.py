"""One neuron of two weights with batch normalization behind it: where the loss is the same, and what a step does."""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import Normal, Stroke
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox
from numpy.typing import ArrayLike

from . import checks
from .landscape import _HEIGHTS
from .style import (
    INK,
    CourseFigure,
    Style,
    approximately,
    few_ticks,
    footnote,
    new_figure,
    number,
    style,
    styled,
    titled,
)

_QUIET = "#555555"
_ANGLES = np.linspace(0, 2 * np.pi, 181)
_ALIKE = 0.01  # of the loss' range: what it may change along a ray, for a small ε
_ASKED_TWICE = 10  # every tenth ray is asked near the origin too
_LEVELS = 8
_SHOWN = 0.6  # of the lowest ray, in lengths of the longest weights
_LEAST_RANGE = 3  # the highest effective rate shown, in multiples of the lowest
_MARGIN = 0.22  # of the plane beside what the paths need of it, on each side
_RINGS = (0.22, 0.43, 0.64)  # where arrows begin, in widths of the plane
_ARROWS = 10  # on each ring
_LONGEST = 0.15  # arrow, in widths of the plane
_APART = 0.03  # arrows from paths, in widths of the plane
_CORNER = 0.05  # the mark of a right angle, in widths of the plane
_LARGE = 18  # points
_STYLES = ("first", "second", "third")
_HALO = [Stroke(linewidth=5, foreground="white"), Normal()]

LossAndGradient = Callable[[np.ndarray], tuple[float, ArrayLike]]


@styled
def normalized_neuron(
    loss_and_gradient: LossAndGradient,
    paths: Mapping[str, tuple[float, ArrayLike]],
    *,
    rate_limits: tuple[float, float] | None = None,
    title: str = "",
    styles: Mapping[str, str] | None = None,
) -> CourseFigure:
    """The plane of a neuron's two weights, ways of gradient descent through it, and how its steps shrink.

    Args:
        loss_and_gradient: Gives the loss, and its gradient (2,) with respect to the weights, for weights (2,). The
            loss may depend on the weights' direction only, as it does when batch normalization stands behind
            them: on each ray from the origin it must be one number (with a small ε: within 1 % of its range).
        paths: label -> (learning rate, weights (T, 2) after each step, the start first), one to three.
        rate_limits: The lowest and highest effective rate shown, above 0; without it, they fit the paths.
        styles: As in `style`; without it, "first", "second", "third" in order.

    On the left the loss as grey wedges, with its lowest ray dashed, and arrows against the gradient, all of one
    scale. A small square marks the right angle between the longest path's first step and its start, if it is
    one. On the right the effective rate, learning rate / ‖w‖², of each path (van Laarhoven 2017,
    arXiv:1706.05350).
    Both axes of the plane show the same range, chosen to fit the paths.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    checks.nonempty_mapping(paths, "paths", "label: (learning rate, weights (T, 2))")
    if len(paths) > len(_STYLES):
        raise ValueError(f"paths: expected at most {len(_STYLES)}, got {len(paths)}")
    if rate_limits is not None and not 0 < rate_limits[0] < rate_limits[1]:
        raise ValueError(f"rate_limits: expected (low, high) with 0 < low < high, got {rate_limits}")
    drawn = {label: _path(entry, f"paths[{label!r}]") for label, entry in paths.items()}
    order = dict(zip(drawn, _STYLES, strict=False)) | dict(styles or {})
    looks = {label: style(label, order) for label in drawn}
    walked = [path for _, path in drawn.values()]
    longest = max(walked, key=lambda path: np.linalg.norm(path[-1]))
    farthest = float(np.linalg.norm(np.concatenate(walked), axis=1).max())
    losses = _losses(loss_and_gradient, farthest)
    lowest = _lowest(losses)
    corner, width = _window([*walked, _SHOWN * farthest * _direction(lowest)])

    figure = new_figure(5.0, title)
    plane, rates = figure.subplots(1, 2, width_ratios=(1.35, 1))
    plane.set_aspect("equal")
    plane.set_xlim(corner[0], corner[0] + width)
    plane.set_ylim(corner[1], corner[1] + width)
    _wedges(plane, losses, width)
    _lowest_ray(plane, lowest, walked)
    _right_angle(plane, longest, width)
    for label, (rate, path) in drawn.items():
        _way(plane, path, looks[label])
        _effective(rates, label, rate / (path**2).sum(axis=1), looks[label])
    for axes, name in ((plane, "loss: the same along each ray"), (rates, "effective rate η/‖w‖²")):
        axes.set_title(name)
    plane.set_xlabel("weight w₁")
    plane.set_ylabel("weight w₂")
    rates.set_xlabel("step")
    rates.set_yscale("log")
    rates.set_ylim(_rate_limits(rates.get_ylim()) if rate_limits is None else rate_limits)
    few_ticks(plane.xaxis)
    few_ticks(plane.yaxis)
    few_ticks(rates.xaxis, 4, whole=True)
    few_ticks(rates.yaxis, logarithmic=True)
    footnote(figure, "darker: a higher loss; arrows: against the gradient; dots: steps")
    taken = _names(plane, drawn, looks)
    _arrows(plane, loss_and_gradient, lowest, width, walked, taken)
    figure.description = _describe(title, drawn, losses, lowest)
    return figure


def _path(entry: tuple, argument: str) -> tuple[float, np.ndarray]:
    rate, path = checks.pair(entry, argument, "(learning rate, weights (T, 2))")
    path = checks.numbers(path, f"{argument} weights", "T", "2")
    if path.shape[1] != 2 or len(path) < 2:
        raise ValueError(f"{argument} weights: expected shape (T, 2), at least one step, got {path.shape}")
    if not np.isfinite(path).all() or not path.any(axis=1).all():
        raise ValueError(f"{argument} weights: expected finite numbers, in no row both 0")
    rate = checks.numbers(rate, f"{argument} learning rate")
    if not 0 < rate < np.inf:
        raise ValueError(f"{argument} learning rate: expected a number above 0, got {rate:g}")
    return float(rate), path


def _losses(loss_and_gradient: LossAndGradient, farthest: float) -> np.ndarray:
    """The loss on each ray, asked far out; refused if it is another one near the origin."""
    near, far = (np.array([float(loss_and_gradient(radius * farthest * _direction(angle))[0]) for angle in angles])
                 for radius, angles in ((0.1, _ANGLES[::_ASKED_TWICE]), (1, _ANGLES)))
    apart = np.abs(near - far[::_ASKED_TWICE]).max()
    if not np.isfinite(far).all() or np.ptp(far) == 0 or not apart <= _ALIKE * np.ptp(far):
        raise ValueError("loss_and_gradient: expected a loss that is one number on each ray from the origin, and not "
                         f"on all the same, got {approximately(near[0])} and {approximately(far[0])} on the first")
    return far


def _lowest(losses: np.ndarray) -> float:
    """The angle at which the loss is lowest: of the parabola through the lowest ray and its two neighbours."""
    place = int(losses[:-1].argmin())
    before, here, after = losses[[place - 1 if place else -2, place, place + 1]]
    move = (before - after) / (2 * (before - 2 * here + after)) if before + after > 2 * here else 0.0
    return float(_ANGLES[place] + move * (_ANGLES[1] - _ANGLES[0]))


def _window(points: list[np.ndarray]) -> tuple[np.ndarray, float]:
    """The lower left corner and the width of a square with the origin, these points and a margin."""
    places = np.vstack([*points, np.zeros(2)])
    low, high = places.min(axis=0), places.max(axis=0)
    width = float((high - low).max()) / (1 - 2 * _MARGIN)
    return (low + high - width) / 2, width


def _rate_limits(limits: tuple[float, float]) -> tuple[float, float]:
    """Not so near each other that a small change looks large, and with room for a name above the highest start."""
    low, high = limits
    low = min(low, high / _LEAST_RANGE)
    return low, high * (high / low) ** 0.14


def _direction(angle: float) -> np.ndarray:
    return np.array([np.cos(angle), np.sin(angle)])


def _wedges(axes: Axes, losses: np.ndarray, width: float) -> None:
    places = np.array([0, 2 * width])[:, None] * np.stack([np.cos(_ANGLES), np.sin(_ANGLES)])[:, None]
    levels = np.linspace(losses.min(), losses.max(), _LEVELS + 1)
    heights = np.stack([losses, losses])
    axes.contourf(*places, heights, levels, colors=_HEIGHTS(np.linspace(0, 1, _LEVELS)))
    axes.contour(*places, heights, levels[1:-1], colors=INK, linewidths=1, alpha=0.45)


def _lowest_ray(axes: Axes, angle: float, paths: list[np.ndarray]) -> None:
    """Dashed to the border, with its name along it on the side that the paths do not come from."""
    way = _direction(angle)
    room = np.where(way > 0, (axes.get_xlim()[1], axes.get_ylim()[1]), (axes.get_xlim()[0], axes.get_ylim()[0]))
    end = way * np.min(room[way != 0] / way[way != 0])
    axes.plot(*np.stack([np.zeros(2), end]).T, color=INK, linewidth=2.5, linestyle=(0, (4, 2)), zorder=3)
    axes.plot(0, 0, "o", color=INK, markersize=8, zorder=6)
    side = sum(float((path @ (-way[1], way[0])).sum()) for path in paths)
    rightwards = way[0] >= 0
    above = (side < 0) == rightwards
    axes.annotate(
        "lowest loss", 0.98 * end, xytext=(0, 4 if above else -4), textcoords="offset points", color=INK, zorder=7,
        rotation=np.degrees(angle if rightwards else angle + np.pi), rotation_mode="anchor",
        ha="right" if rightwards else "left", va="bottom" if above else "top",
    )


def _right_angle(axes: Axes, path: np.ndarray, width: float) -> None:
    """A line from the origin to the start, and the corner there, if the first step stands at a right angle."""
    start, step = path[0], path[1] - path[0]
    axes.plot(*np.stack([np.zeros(2), start]).T, color=INK, linewidth=2, zorder=4)
    if not step.any():
        return
    out, along = start / np.linalg.norm(start), step / np.linalg.norm(step)
    if abs(float(out @ along)) < 0.01:
        size = min(_CORNER * width, np.linalg.norm(start) / 2)
        corner = np.stack([start - size * out, start - size * (out - along), start + size * along])
        axes.plot(*corner.T, color=INK, linewidth=2, zorder=6)


def _way(axes: Axes, path: np.ndarray, look: Style) -> None:
    axes.plot(*path.T, color=look.color, path_effects=_HALO, zorder=4)
    axes.plot(*path.T, "o", color=look.color, markersize=7, markeredgewidth=0, zorder=5)
    axes.plot(*path[0], "o", color=INK, markersize=11, zorder=6)


def _effective(axes: Axes, label: str, rates: np.ndarray, look: Style) -> None:
    axes.plot(rates, color=look.color, path_effects=_HALO, zorder=4)
    axes.plot(rates, "o", color=look.color, markersize=7, markeredgewidth=0, zorder=5)
    # Above a curve that falls, there is room for its name.
    axes.annotate(label, (0, rates[0]), xytext=(10, 3), textcoords="offset points", va="bottom", fontsize=_LARGE,
                  color=look.text_color, path_effects=_HALO, zorder=7)


def _names(axes: Axes, drawn: Mapping, looks: Mapping[str, Style]) -> list[Bbox]:
    """"start" at each start, and the paths' labels outside of their arcs, the longest path first.

    A label stands where its path is half done, or else earlier or later, so that it is in the plane and covers
    neither another name nor a path. Where there is no such place it is left out: the curve on the right has it too.

    Call it once everything else is drawn: it lays the figure out to learn where all is. Returns where all names
    in the plane are, in pixels.
    """
    starts = [_name(axes, "start", path[0], 8, color=INK) for _, path in drawn.values()]
    axes.figure.draw_without_rendering()
    walked = np.concatenate([axes.transData.transform(_points_along(path)) for _, path in drawn.values()])
    taken = [_box(text) for text in axes.texts if text not in starts]
    for text in starts:
        _keep(text, taken, walked)
    for label, (_, path) in sorted(drawn.items(), key=lambda entry: -np.linalg.norm(entry[1][1][-1])):
        way = _points_along(path[1:] if len(path) > 2 else path)
        for share in (0.5, 0.35, 0.65, 0.2, 0.8, 0.95):
            place = way[np.abs(way - (1 - share) * way[0] - share * way[-1]).sum(axis=1).argmin()]
            text = _name(axes, label, place, 10, color=looks[label].text_color, fontsize=_LARGE, path_effects=_HALO)
            if _keep(text, taken, walked):
                break
    return taken


def _name(axes: Axes, name: str, place: np.ndarray, away: float, **looks) -> Annotation:
    """A text beside a place, on the side that the origin is not on, this many points away."""
    out = place / np.linalg.norm(place)
    text = axes.annotate(name, place, xytext=away * out, textcoords="offset points", zorder=8,
                         ha="left" if out[0] > 0 else "right", va="bottom" if out[1] > 0 else "top", **looks)
    text.set_in_layout(False)  # or the plane would move under the places that were found free
    return text


def _box(text: Text) -> Bbox:
    return text.get_window_extent().padded(4)


def _keep(text: Annotation, taken: list[Bbox], walked: np.ndarray) -> bool:
    """Whether a text covers nothing in its panel; it is then one of the taken boxes, and is removed otherwise."""
    box, panel = _box(text), text.axes.get_window_extent()
    inside = panel.x0 <= box.x0 and box.x1 <= panel.x1 and panel.y0 <= box.y0 and box.y1 <= panel.y1
    free = inside and not any(box.overlaps(other) for other in taken) and not box.count_contains(walked)
    if free:
        taken.append(box)
    else:
        text.remove()
    return free


def _points_along(path: np.ndarray) -> np.ndarray:
    """Points on a path (T, 2), nine for each of its steps."""
    return (path[:-1, None] + np.linspace(0, 1, 9)[:, None] * np.diff(path, axis=0)[:, None]).reshape(-1, 2)


def _arrows(
    axes: Axes, loss_and_gradient: LossAndGradient, lowest: float, width: float, paths: list[np.ndarray],
    taken: list[Bbox],
) -> None:
    """Arrows against the gradient, in rings, but none that would leave the plane or touch a path or a name.

    Call it once everything else is drawn.
    """
    angles = lowest + (np.arange(_ARROWS) + 0.5) * 2 * np.pi / _ARROWS
    begins = np.array([ring * width * _direction(angle) for ring in _RINGS for angle in angles])
    ways = np.array([-np.asarray(loss_and_gradient(begin)[1], dtype=float) for begin in begins])
    ways *= _LONGEST * width / np.linalg.norm(ways, axis=1).max()
    places = begins[:, None] + np.linspace(0, 1, 9)[:, None] * ways[:, None]  # (arrows, 9, 2)
    low, high = np.array([axes.get_xlim(), axes.get_ylim()]).T
    free = ((places > low) & (places < high)).all(axis=(1, 2))
    for path in paths:
        apart = np.linalg.norm(places[:, :, None] - _points_along(path), axis=-1)
        free &= apart.min(axis=(1, 2)) > _APART * width
    for box in taken:
        inside = [box.count_contains(axes.transData.transform(arrow)) for arrow in places]
        free &= np.array(inside) == 0
    axes.quiver(*begins[free].T, *ways[free].T, angles="xy", scale_units="xy", scale=1, color=_QUIET, width=0.011,
                headwidth=4, headlength=4, headaxislength=3.6, minlength=0.5, zorder=3)


def _describe(title: str, drawn: Mapping, losses: np.ndarray, lowest: float) -> str:
    best = _direction(lowest)
    said = [
        f"Two panels{titled(title)}. Left: the plane of a neuron's two weights, w₁ to the right and w₂ upwards; the "
        f"loss, from {approximately(losses.min())} to {approximately(losses.max())}, is the same along each ray from "
        f"the origin; the lowest ray, dashed, stands at {_degrees(np.array([1, 0]), best)} degrees to the axis of w₁; "
        "arrows against the gradient, all of one scale. Right: the effective rate η/‖w‖² (logarithmic) over the steps.",
    ]
    for label, (rate, path) in drawn.items():
        norms = np.linalg.norm(path, axis=1)
        effective = rate / norms**2
        said.append(
            f"{label}: {len(path) - 1} step{'s' * (len(path) > 2)} at learning rate {number(rate)}; the angle to the "
            f"lowest ray goes from {_degrees(path[0], best)} to {_degrees(path[-1], best)} degrees, ‖w‖ from "
            f"{approximately(norms[0])} over {approximately(norms[1])} after one step to {approximately(norms[-1])}, "
            f"the effective rate from {approximately(effective[0])} over {approximately(effective[1])} to "
            f"{approximately(effective[-1])}."
        )
    return " ".join(said)


def _degrees(one: np.ndarray, other: np.ndarray) -> str:
    """The angle between two directions, as a measured whole number of degrees."""
    cosine = one @ other / (np.linalg.norm(one) * np.linalg.norm(other))
    return approximately(round(float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))))
