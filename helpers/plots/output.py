"""Putting a figure into a notebook: the picture for the eye, its description for everyone else."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from .style import CourseFigure, look


def png(figure: CourseFigure) -> bytes:
    """The figure as the bytes of a PNG file, drawn with the course's settings.

    A palette of 256 colours: a third of the size, and a notebook carries every picture in its own text.
    """
    with look():
        figure.canvas.draw()
        pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3]
    buffer = io.BytesIO()
    Image.fromarray(pixels).quantize(256, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def show(figure: CourseFigure) -> None:
    """Display a figure as one output: `image/png`, and its description as `text/plain`.

    nbval compares the description. It is also given as the picture's `alt` metadata, which nbconvert's
    classic template writes into the HTML; JupyterLab 4 knows no alternative text for pictures in outputs.

    Raises TypeError if the figure has no description (only figures of `helpers.plots` have one).
    """
    from IPython.display import display

    data, metadata = mime(figure)
    display(data, metadata=metadata, raw=True)


def mime(figure: CourseFigure) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """What `show` displays: the data by MIME type, and the metadata.

    Raises TypeError as `show` does.
    """
    description = getattr(figure, "description", None)
    if not isinstance(description, str):
        raise TypeError(f"show expects a figure made by helpers.plots, got {type(figure).__name__}")
    data = {"image/png": base64.b64encode(png(figure)).decode("ascii"), "text/plain": description}
    return data, {"image/png": {"alt": description}}
