"""Which numbers share a mean, drawn by asking the layers themselves."""

import math
import operator
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex, to_rgb

from . import checks
from .style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    VERMILLION,
    CourseFigure,
    contrast_on_white,
    new_figure,
    style,
    styled,
    titled,
    wrap,
)

_HUES = (BLUE, ORANGE, GREEN, PURPLE, VERMILLION, SKY, "#F0E442", GREY)
_TINTS = (0, 0.5, -0.35, 0.72, -0.6, 0.25, -0.18, 0.86)  # towards white, or (below 0) towards black
_FINE = 16  # more positions than this are drawn without lines between them; rows of positions have lines
_RIGHT, _LEFT = np.array([np.cos(np.pi / 6), 0.5]), np.array([-np.cos(np.pi / 6), 0.5])
_UP = np.array([0.0, 1.0])


class SharesStatistics(Protocol):
    """What a layer must say to be drawn: elements with equal numbers share one mean."""

    def shared_sets(self, shape: tuple[int, ...]) -> np.ndarray: ...


@styled
def shared_statistics(
    layers: Mapping[str, SharesStatistics],
    shape: Sequence[int],
    *,
    highlight: Sequence[int] | None = None,
    title: str = "",
    styles: Mapping[str, str] | None = None,
) -> CourseFigure:
    """Which elements of an array share one mean: a cube for each layer, as in Wu & He (2018), Fig. 2.

    layers: label -> a layer with `shared_sets(shape)`, an integer array of that shape in which elements
    with equal numbers share one mean. shape: (N, H, W, C), drawn as a cube whose height is H × W; or
    (N, C), drawn as a sheet. Three faces of the cube are seen: of the first image, of the first channel,
    and of the first position.
    highlight: the index of one element, (image, row, column, channel) or (image, channel), that lies on one of
    the three faces: best the front corner, (0, 0, 0, 0). With several layers a dot marks it in every cube; the elements that share
    its mean have the layer's colour and all others are pale (then each label must be one that `style` knows).
    Without it each set has a colour of its own, and its number on one cell (where the cells are large enough).

    Raises TypeError or ValueError that names the argument, what was expected and what came; also when
    there are more than 64 sets to tell apart and no element is highlighted.
    """
    checks.nonempty_mapping(layers, "layers", "label: layer")
    shape = tuple(int(size) for size in shape)
    if len(shape) not in (2, 4) or min(shape) < 1:
        raise ValueError(f"shape: expected (N, H, W, C) or (N, C), each at least 1, got {shape}")
    element = None if highlight is None else _element(highlight, shape)
    drawn = {label: _sets(layer, shape, label) for label, layer in layers.items()}

    columns = min(4, len(drawn))
    rows = -(-len(drawn) // columns)
    # Numbers only where a cell is large enough to hold one.
    roomy = element is None and columns * (shape[0] + shape[-1]) <= 40
    figure = new_figure(0.6 + rows * (3.1 if columns > 2 else 4.2), title)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, (label, sets) in zip(grid.flat, drawn.items(), strict=False):
        colors = _colors(sets, label, element, styles)
        _draw(axes, sets, colors, element if len(drawn) > 1 else None, number_size=(14 if columns <= 2 else 9) if roomy else 0)
        means = _means(sets) if element is None else f"one of {_means(sets)}"
        axes.set_title(f"{wrap(label, 60 // columns)}\n{means}", loc="center", fontsize=16, pad=4)
    note = [_axes_note(shape)]
    if len(shape) == 4 and shape[1] <= _FINE < shape[1] * shape[2]:
        note.append(f"a block: {shape[2]} positions")
    if element is not None:
        if len(drawn) > 1:
            note.append("dot: the same element in each")
    figure.supxlabel("; ".join(note) if len(note) < 3 else "\n".join(("; ".join(note[:2]), note[2])), fontsize=14)
    figure.description = _describe(title, shape, drawn, element)
    return figure


def _sets(layer: SharesStatistics, shape: tuple[int, ...], label: str) -> np.ndarray:
    argument = f"layers[{label!r}]"
    if not callable(getattr(layer, "shared_sets", None)):
        raise TypeError(f"{argument}: expected a layer with shared_sets(shape), got {type(layer).__name__}")
    sets = np.asarray(layer.shared_sets(shape))
    if sets.shape != shape or not np.issubdtype(sets.dtype, np.integer):
        raise ValueError(
            f"{argument}: expected shared_sets to give integers of shape {shape}, "
            f"got {sets.dtype} of shape {sets.shape}"
        )
    return sets


def _element(highlight: Sequence[int], shape: tuple[int, ...]) -> tuple[int, ...]:
    """The index of an element that is seen: on the front faces of a cube, anywhere on a sheet."""
    names = "(image, row, column, channel)" if len(shape) == 4 else "(image, channel)"
    if not isinstance(highlight, Sequence | np.ndarray) or isinstance(highlight, str):
        raise TypeError(f"highlight: expected the index of an element, {names}, got {highlight!r}")
    try:
        element = tuple(operator.index(i) for i in highlight)
    except TypeError:
        raise TypeError(f"highlight: expected whole numbers, {names}, got {highlight!r}") from None
    if len(element) != len(shape) or not all(0 <= i < size for i, size in zip(element, shape, strict=True)):
        raise ValueError(f"highlight: expected the index of an element, {names}, of shape {shape}, got {element}")
    if len(shape) == 4 and element[0] and element[-1] and any(element[1:3]):
        raise ValueError(
            "highlight: expected an element that is seen: of the first image, of the first channel or at the first "
            f"position, got {element}"
        )
    return element


def _colors(sets: np.ndarray, label: str, element: tuple[int, ...] | None, styles) -> dict[int, str]:
    """The colour of each set number; with an `element`, of all sets but its own the same pale grey."""
    present = np.unique(sets).tolist()
    if element is None:
        return dict(zip(present, set_colors(len(present)), strict=True))
    return {one: style(label, styles).color if one == sets[element] else PALE for one in present}


def set_colors(count: int) -> list[str]:
    """`count` colours, no two alike: eight hues, then the same hues lighter and darker.

    Raises ValueError above 64: they could not be told apart.
    """
    if count > len(_HUES) * len(_TINTS):
        raise ValueError(
            f"expected at most {len(_HUES) * len(_TINTS)} sets to tell apart, got {count}: "
            "take a smaller shape, or highlight one element"
        )
    return [_tinted(_HUES[i % len(_HUES)], _TINTS[i // len(_HUES)]) for i in range(count)]


def _tinted(color: str, tint: float) -> str:
    rgb = np.array(to_rgb(color))
    return to_hex(rgb + tint * ((1 - rgb) if tint > 0 else rgb))


def _draw(
    axes: Axes, sets: np.ndarray, colors: Mapping[int, str], element: tuple[int, ...] | None, number_size: int
) -> None:
    """Draw one layer's array; the set numbers in `number_size` points, or not at all where it is 0."""
    cells, numbers, columns, names = _faces(sets)
    fine = sets.ndim == 4 and sets.shape[1] * sets.shape[2] > _FINE
    width = min(1, 12 / (len(sets) + sets.shape[-1]))
    axes.add_collection(PolyCollection(
        cells, facecolors=[colors[number] for number in numbers],
        edgecolors="face" if fine else "white", linewidths=0.3 if fine else width,
    ))
    axes.add_collection(PolyCollection(columns, facecolors="none", edgecolors="white", linewidths=width))
    for name, position, angle in names:
        axes.text(*position, name, ha="center", va="center", fontsize=15, rotation=angle)
    axes.set_aspect("equal", anchor="N")
    axes.autoscale_view()
    if element is not None:
        _mark(axes, cells, sets.shape, element)
    if number_size:
        _, first = np.unique(numbers, return_index=True)
        for i in first:
            ink = "white" if contrast_on_white(colors[numbers[i]]) > 4 else INK
            axes.text(*cells[i].mean(axis=0), str(numbers[i]), ha="center", va="center_baseline", color=ink,
                      fontsize=number_size)


def _mark(axes: Axes, cells: np.ndarray, shape: tuple[int, ...], element: tuple[int, ...]) -> None:
    """A dot on an element: in the middle of all that is seen of it, for the front corner where the faces meet."""
    one = np.zeros(shape, dtype=int)
    one[element] = 1
    seen = cells[_faces(one)[1] == 1]
    axes.plot(*seen.reshape(-1, 2).mean(axis=0), "o", color=INK, markeredgecolor="white", markersize=11,
              markeredgewidth=2, zorder=5)


def _faces(sets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, list]:
    if sets.ndim == 2:
        return _sheet(sets)
    rows = sets.shape[1] if sets.shape[1] <= _FINE else 1
    return _cube(sets.reshape(len(sets), -1, sets.shape[-1]), rows)


def _sheet(sets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, list]:
    """(N, C) from above: an image a row, the first at the top. Returns what `_cube` does."""
    count, channels = sets.shape
    rows, columns = np.indices(sets.shape)
    corner = np.stack([columns, count - 1 - rows], axis=-1).reshape(-1, 1, 2).astype(float)
    cells = corner + np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    away = 0.06 * (count + channels)
    return cells, sets.ravel(), cells, [("N", (-away, count / 2), 0), ("C", (channels / 2, -away), 0)]


def _cube(sets: np.ndarray, rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, list]:
    """What is seen of (N, positions, C) from above, with the first image and the first channel in front.

    Returns the visible cells as parallelograms (cells, 4, 2), in this order: the top (first position), the
    right side (first image), the left side (first channel); the set number of each; the columns of cells,
    cut into `rows` (on the top a column is one cell); and the axes' names as (name, position, angle).
    """
    count, positions, channels = sets.shape
    # However many positions there are, the cube stays about as high as it is wide.
    rise = _UP * max(count, channels) / positions
    top = positions * rise
    faces = [
        (_face(top, _LEFT, _RIGHT, count, channels), sets[:, 0, :]),
        (_face(top, -rise, _RIGHT, positions, channels), sets[0]),
        (_face(top, -rise, _LEFT, positions, count), sets[:, :, 0].T),
    ]
    cells = np.concatenate([cells for cells, _ in faces])
    numbers = np.concatenate([numbers.ravel() for _, numbers in faces])
    columns = np.concatenate([
        faces[0][0], _face(top, -top / rows, _RIGHT, rows, channels), _face(top, -top / rows, _LEFT, rows, count),
    ])
    away = 0.05 * (count + channels)
    names = [
        ("C", channels / 2 * _RIGHT + (away, -away), 0),
        ("N", count / 2 * _LEFT + (-away, -away), 0),
        ("H×W", count * _LEFT + top / 2 + (-1.2 * away, 0), 90),
    ]
    return cells, numbers, columns, names


def _face(origin: np.ndarray, down: np.ndarray, across: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """A face of rows × columns parallelograms with the edges `down` and `across`: (rows × columns, 4, 2)."""
    i, j = np.indices((rows, columns))
    corners = origin + i[..., None] * down + j[..., None] * across
    return (corners[..., None, :] + np.array([0 * down, down, down + across, across])).reshape(-1, 4, 2)


def _means(sets: np.ndarray) -> str:
    count = len(np.unique(sets))
    return f"{count} mean{'s' * (count != 1)}"


def _axes_note(shape: tuple[int, ...]) -> str:
    space = f", H×W: {shape[1]} × {shape[2]} positions" if len(shape) == 4 else ""
    return f"N: {shape[0]} images, C: {shape[-1]} channels{space}"


def _describe(title, shape, drawn, element) -> str:
    kind = "Cubes" if len(shape) == 4 else "Sheets"
    said = [f"{kind}{titled(title)}, one for each layer, of the elements of an array. {_axes_note(shape)}."]
    if element is None:
        said.append("Elements of one colour share one mean.")
        said += [f"{label}: {_means(sets)}, each over {_extent(sets)}." for label, sets in drawn.items()]
    else:
        names = ("image", "row", "column", "channel") if len(shape) == 4 else ("image", "channel")
        where = ", ".join(f"{name} {i}" for name, i in zip(names, element, strict=True))
        marked = "A dot marks the same element in each" if len(drawn) > 1 else "The element"
        said.append(f"{marked}: {where}, counted from 0. The elements that share its mean are coloured, all others pale.")
        said += [f"{label}: one of {_means(sets)}, over {_span(sets, sets[element])}." for label, sets in drawn.items()]
    return " ".join(said)


def _extent(sets: np.ndarray) -> str:
    """What the sets span, where they differ each kind once."""
    return " or ".join(sorted({_span(sets, one) for one in np.unique(sets)}))


def _span(sets: np.ndarray, one: int) -> str:
    """How many images, positions and channels a set spans; if it is no block, how many elements."""
    nouns = ["image", "position", "channel"] if sets.ndim == 4 else ["image", "channel"]
    blocks = sets.reshape(len(sets), -1, sets.shape[-1]) if sets.ndim == 4 else sets
    where = np.nonzero(blocks == one)
    sizes = [len(set(axis.tolist())) for axis in where]
    if math.prod(sizes) != len(where[0]):
        return f"{len(where[0])} elements"
    return ", ".join(f"{size} {noun}{'s' * (size != 1)}" for size, noun in zip(sizes, nouns, strict=True))
