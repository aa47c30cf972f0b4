"""Which numbers share a mean, drawn by asking the layers themselves."""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from . import checks
from .style import INK, PALE, CourseFigure, new_figure, style, styled, titled, wrap

_LETTERS, _AWAY = 19, 16  # points: the axes' names, and how far they are from the edges
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
    with equal numbers share one mean; a label is one that `style` knows. shape: (N, H, W, C), drawn as a cube
    whose height is H × W; or (N, C), drawn as a sheet. Three faces of the cube are seen: of the first image, of
    the first channel, and of the first position.
    highlight: the index of one element, (image, row, column, channel) or (image, channel), that lies on one
    of the three faces; without it, the front corner, (0, 0, 0, 0). With several layers a dot marks it in every
    cube. The elements that share its mean have the layer's colour, and all others are pale; under the cube stand
    their number and what they span.
    styles: see `style`.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    checks.nonempty_mapping(layers, "layers", "label: layer")
    shape = tuple(int(size) for size in shape)
    if len(shape) not in (2, 4) or min(shape) < 1:
        raise ValueError(f"shape: expected (N, H, W, C) or (N, C), each at least 1, got {shape}")
    element = _element((0,) * len(shape) if highlight is None else highlight, shape)
    drawn = {label: _sets(layer, shape, label) for label, layer in layers.items()}

    columns = min(4, len(drawn))
    rows = -(-len(drawn) // columns)
    blocks = len(shape) == 4 and shape[1] <= _FINE < shape[1] * shape[2]
    figure = new_figure(1.2 + rows * (3.1 if columns > 2 else 4.2) + 0.2 * blocks, title)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, (label, sets) in zip(grid.flat, drawn.items(), strict=False):
        look = style(label, styles)
        _draw(axes, sets, element, look.color)
        if len(drawn) > 1:
            _mark(axes, shape, element)
        axes.set_title(wrap(label, 60 // columns), loc="center", fontsize=19, fontweight="bold",
                       color=look.text_color, pad=4)
        _caption(axes, sets, element, look.text_color, wide=columns < 3)
    note = _axes_note(shape)
    if blocks:
        note += f"; a block: {_counted(shape[2], 'position')}"
    if len(drawn) > 1:
        note += ("\n" if blocks else "; ") + "dot: the same element in each"
    figure.supxlabel(note, fontsize=16)
    figure.get_layout_engine().set(h_pad=0.12)
    figure.description = _describe(title, shape, drawn, element)
    return figure


def shared_in_groups(
    layer: Callable[[int], SharesStatistics],
    shape: Sequence[int],
    *,
    groups: Sequence[int] | None = None,
    title: str = "",
) -> CourseFigure:
    """How group normalization moves between layer and instance normalization with its number of groups.

    One cube for each number of groups, all with the set of the same element, the front corner: one group is layer
    normalization over the image, as many groups as channels are instance normalization (Wu & He 2018, section 3).

    layer: gives the layer with so many groups, such as `nn.GroupNormalization`. shape: (N, H, W, C).
    groups: the numbers of groups, at most four; without it all that divide C.

    Raises TypeError or ValueError that names the argument, what was expected and what came, and what `layer` raises
    for a number of groups.
    """
    if not callable(layer):
        raise TypeError(f"layer: expected a function of the number of groups, got {type(layer).__name__}")
    shape = tuple(int(size) for size in shape)
    if len(shape) != 4 or min(shape) < 1:
        raise ValueError(f"shape: expected (N, H, W, C), each at least 1, got {shape}")
    channels = shape[-1]
    numbers = [n for n in range(1, channels + 1) if channels % n == 0] if groups is None else list(groups)
    if not 1 <= len(numbers) <= 4:
        raise ValueError(f"groups: expected one to four numbers of groups, got {numbers}")
    ends = {channels: (" = IN", "instance"), 1: (" = LN", "layer")}
    named = {n: (_counted(n, "group") + ends.get(n, ("", ""))[0], ends.get(n, ("", "group"))[1]) for n in numbers}
    return shared_statistics(
        {label: layer(n) for n, (label, _) in named.items()}, shape, highlight=(0, 0, 0, 0), title=title,
        styles=dict(named.values()),
    )


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


def _draw(axes: Axes, sets: np.ndarray, element: tuple[int, ...], color: str) -> None:
    """One layer's array: what shares a mean with the element in the colour, the rest pale."""
    cells, numbers, columns, names = _faces(sets)
    fine = sets.ndim == 4 and sets.shape[1] * sets.shape[2] > _FINE
    width = min(1, 12 / (len(sets) + sets.shape[-1]))
    axes.add_collection(PolyCollection(
        cells, facecolors=[color if number == sets[element] else PALE for number in numbers],
        edgecolors="face" if fine else "white", linewidths=0.3 if fine else width,
    ))
    axes.add_collection(PolyCollection(columns, facecolors="none", edgecolors="white", linewidths=width))
    for name, edge, outwards, angle in names:
        axes.annotate(name, edge, xytext=_AWAY * np.array(outwards), textcoords="offset points", ha="center",
                      va="center", fontsize=_LETTERS, rotation=angle)
    axes.set_aspect("equal", anchor="N")
    axes.autoscale_view()


def _mark(axes: Axes, shape: tuple[int, ...], element: tuple[int, ...]) -> None:
    """A dot on an element: in the middle of all that is seen of it, for the front corner where the faces meet."""
    one = np.zeros(shape, dtype=int)
    one[element] = 1
    cells, numbers, _, _ = _faces(one)
    axes.plot(*cells[numbers == 1].reshape(-1, 2).mean(axis=0), "o", color=INK, markeredgecolor="white", markersize=11,
              markeredgewidth=2, zorder=5)


def _faces(sets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, list]:
    if sets.ndim == 2:
        return _sheet(sets)
    rows = sets.shape[1] if sets.shape[1] <= _FINE else 1
    return _cube(sets.reshape(len(sets), -1, sets.shape[-1]), rows)


def _sheet(sets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, list]:
    """(N, C) from above: one row per image, the first at the top. Returns what `_cube` does."""
    count, channels = sets.shape
    rows, columns = np.indices(sets.shape)
    corner = np.stack([columns, count - 1 - rows], axis=-1).reshape(-1, 1, 2).astype(float)
    cells = corner + np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    return cells, sets.ravel(), cells, [("N", (0, count / 2), (-1, 0), 0), ("C", (channels / 2, 0), (0, -1), 0)]


def _cube(sets: np.ndarray, rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, list]:
    """What is seen of (N, positions, C) from above, with the first image and the first channel in front.

    Returns the visible cells as parallelograms (cells, 4, 2), in this order: the top (first position), the
    right side (first image), the left side (first channel); the set number of each; the columns of cells,
    cut into `rows` (on the top a column is one cell); and the axes' names as (name, middle of an edge, way out, angle).
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
    names = [
        ("C", channels / 2 * _RIGHT, (_LEFT[1], _LEFT[0]), 0),
        ("N", count / 2 * _LEFT, (-_LEFT[1], _LEFT[0]), 0),
        ("H × W", count * _LEFT + top / 2, (-1, 0), 90),
    ]
    return cells, numbers, columns, names


def _face(origin: np.ndarray, down: np.ndarray, across: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """A face of rows × columns parallelograms with the edges `down` and `across`: (rows × columns, 4, 2)."""
    i, j = np.indices((rows, columns))
    corners = origin + i[..., None] * down + j[..., None] * across
    return (corners[..., None, :] + np.array([0 * down, down, down + across, across])).reshape(-1, 4, 2)


def _caption(axes: Axes, sets: np.ndarray, element: tuple[int, ...], color: str, *,
             wide: bool) -> None:
    """Under a cube, how many values are in the element's set, and what they span."""
    below = {"xycoords": "axes fraction", "textcoords": "offset points", "ha": "center", "va": "top"}
    size, span = _size(sets, sets[element]), _parts(sets, sets[element])
    # The names of a sheet's lower edge, and of a short edge of a cube, stand below its lowest point.
    y = -10 - _AWAY if sets.ndim == 2 or min(len(sets), sets.shape[-1]) < 3 else -6
    axes.annotate(size, (0.5, 0), xytext=(0, y), fontsize=18, fontweight="bold", color=color, **below)
    axes.annotate((", " if wide else ",\n").join(span), (0.5, 0), xytext=(0, y - 25), fontsize=16, **below)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _size(sets: np.ndarray, one: int) -> str:
    return _counted(int((sets == one).sum()), "value")


def _axes_note(shape: tuple[int, ...]) -> str:
    space = f", H × W: {shape[1]} × {shape[2]} positions" if len(shape) == 4 else ""
    return f"N: {_counted(shape[0], 'image')}, C: {_counted(shape[-1], 'channel')}{space}"


def _describe(title, shape, drawn, element) -> str:
    kind = "Cubes" if len(shape) == 4 else "Sheets"
    said = [f"{kind}{titled(title)}, one for each layer, of the elements of an array. {_axes_note(shape)}."]
    names = ("image", "row", "column", "channel") if len(shape) == 4 else ("image", "channel")
    where = ", ".join(f"{name} {i}" for name, i in zip(names, element, strict=True))
    marked = "A dot marks the same element in each" if len(drawn) > 1 else "The element"
    said.append(f"{marked}: {where}, counted from 0.")
    said.append("The elements that share its mean are coloured, all others pale.")
    for label, sets in drawn.items():
        one = sets[element]
        said.append(f"{label}: " + ", ".join([_size(sets, one), *_parts(sets, one)]) + ".")
    return " ".join(said)


def _parts(sets: np.ndarray, one: int) -> list[str]:
    """What a set is of, from the channels on: "one channel", "all images"; of the positions only if not of all.

    Nothing if it is no block.
    """
    nouns = ["image", "position", "channel"] if sets.ndim == 4 else ["image", "channel"]
    blocks = sets.reshape(len(sets), -1, sets.shape[-1]) if sets.ndim == 4 else sets
    where = np.nonzero(blocks == one)
    counts = [len(set(axis.tolist())) for axis in where]
    if math.prod(counts) != len(where[0]):
        return []
    return [
        f"one {noun}" if count == 1 else f"all {noun}s" if count == size else f"{count} of {size} {noun}s"
        for noun, count, size in reversed(list(zip(nouns, counts, blocks.shape, strict=True)))
        if noun != "position" or count < size
    ]
