"""Grey pictures side by side."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from . import checks
from .style import WIDTH, CourseFigure, approximately, new_figure, number, styled, titled, wrap


@styled
def pictures(
    images: ArrayLike,
    titles: Sequence[str],
    *,
    title: str = "",
    columns: int | None = None,
    scale: tuple[float, float] | None = None,
) -> CourseFigure:
    """A gallery of grey pictures on one common scale.

    images: (n, H, W); low is black and high is white. titles: one a picture.
    columns: pictures in a row; without it, up to six. scale: the values shown as black and as white;
    without it, the lowest and the highest in `images`.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    stack = checks.numbers(images, "images", "n", "H", "W")
    if len(titles) != len(stack):
        raise ValueError(f"titles: expected {len(stack)}, one a picture, got {len(titles)}")
    columns = min(6, len(stack)) if columns is None else columns
    if columns < 1:
        raise ValueError(f"columns: expected at least 1, got {columns}")
    low, high = (np.nanmin(stack), np.nanmax(stack)) if scale is None else scale
    if scale is not None and not low < high:
        raise ValueError(f"scale: expected (black, white) with black < white, got {scale}")

    rows = -(-len(stack) // columns)
    wrapped = [wrap(text, max(6, 66 // columns)) for text in titles]
    lines = max(text.count("\n") for text in wrapped) + 1
    picture = min(4.3, 0.9 * WIDTH / columns) * stack.shape[1] / stack.shape[2]
    height = rows * (picture + 0.28 * lines + 0.15)
    figure = new_figure(height, title)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for axes, image, text in zip(grid.flat, stack, wrapped, strict=False):
        axes.imshow(image, cmap="gray", vmin=low, vmax=high, interpolation="nearest")
        axes.set_title(text, loc="center", fontsize=15)
    ends = [approximately(low), approximately(high)] if scale is None else [number(low), number(high)]
    figure.description = (
        f"Gallery of {len(stack)} grey picture{'s' * (len(stack) != 1)}{titled(title)}, each "
        f"{stack.shape[1]} × {stack.shape[2]} pixels, in {rows} row{'s' * (rows != 1)}, on one scale from "
        f"{ends[0]} (black) to {ends[1]} (white): {'; '.join(titles)}."
    )
    return figure
