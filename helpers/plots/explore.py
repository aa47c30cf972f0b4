"""A figure with sliders, for a person; the same figure without them, for everyone else."""

import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .output import mime, show
from .style import CourseFigure, number
from .watching import someone_watches

_CALLS: list[tuple[Callable[..., CourseFigure], dict[str, list]]] = []  # shown without sliders


def explore(
    draw: Callable[..., CourseFigure],
    /,
    start: Mapping[str, Any] | None = None,
    *,
    labels: Mapping[str, str] | None = None,
    **choices: Sequence,
) -> None:
    """Show `draw(**start)`, and under it a slider for each choice that draws it anew.

        plots.explore(lambda rate: plots.learning_curves(train(rate), ...), rate=[0.01, 0.1, 1])

    Where no one watches (nbclient, nbconvert, nbval) this is `show(draw(**start))` and nothing else, so
    that saved outputs, HTML and slides hold the one picture. What `draw` raises later, when a slider is
    moved, stands in the picture's place until the next move. It must therefore read no global name that a
    later cell binds again: `authoring check` and `redraw_all` find that out.

    Args:
        draw: Gives a figure of `helpers.plots` for one value of each choice, passed by name.
        start: The values drawn first. A choice not named here starts in its middle (the later of two).
        labels: The text beside a slider; without it, the choice's name.
        choices: The values that each slider offers, in order.

    Raises:
        TypeError, ValueError: If an argument is not of this form, or `draw` does not give a figure.
    """
    if not callable(draw):
        raise TypeError(f"draw: expected a function that gives a figure, got {type(draw).__name__}")
    if not choices:
        raise ValueError("choices: expected at least one, such as rate=[0.01, 0.1, 1], got none")
    offered = {name: _values(name, values) for name, values in choices.items()}
    first = _first_values(offered, _known_names(start, "start", offered))
    texts = {name: name for name in offered} | _known_names(labels, "labels", offered)
    for name, text in texts.items():
        if not isinstance(text, str):
            raise TypeError(f"labels: expected text for {name}, got {type(text).__name__}")
    if someone_watches():
        _show_with_sliders(draw, first, offered, texts)
    else:
        show(_figure(draw, first))
        _CALLS.append((draw, offered))


def redraw_all() -> None:
    """Draw again what `explore` has shown without sliders, with all sliders at their first values, then at their last.

    For a program that has run a notebook: it shows nothing and keeps no figure.

    Raises:
        Exception: What a `draw` raises, with a note that says at which values.
        TypeError: If a `draw` does not give a figure.
    """
    for draw, offered in _CALLS:
        for end in (0, -1):
            now = {name: values[end] for name, values in offered.items()}
            try:
                mime(_figure(draw, now))
            except Exception as error:
                error.add_note(f"{_call(now)} failed.")
                raise


def _values(name: str, values: Any) -> list:
    if isinstance(values, np.ndarray):
        values = values.tolist()
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise TypeError(f"{name}: expected the values that its slider offers, got {type(values).__name__}")
    if not values:
        raise ValueError(f"{name}: expected at least one value, got none")
    values = list(values)
    if any(isinstance(value, np.ndarray) for value in values):
        raise TypeError(f"{name}: expected values that == tells apart, got arrays; offer names or numbers of them")
    if any(value in values[:i] for i, value in enumerate(values)):
        raise ValueError(f"{name}: expected each value once, got {values}")
    return values


def _known_names(given: Mapping | None, argument: str, offered: Mapping) -> dict:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise TypeError(f"{argument}: expected a dict by name of choice, got {type(given).__name__}")
    for name in given:
        if name not in offered:
            raise ValueError(f"{argument}: expected names of the choices ({', '.join(offered)}), got {name!r}")
    return dict(given)


def _first_values(offered: Mapping[str, list], start: Mapping[str, Any]) -> dict[str, Any]:
    first = {name: values[len(values) // 2] for name, values in offered.items()}
    for name, value in start.items():
        if isinstance(value, np.ndarray) or value not in offered[name]:
            raise ValueError(f"start: expected one of {offered[name]} for {name}, got {value!r}")
        first[name] = offered[name][offered[name].index(value)]
    return first


def _figure(draw: Callable[..., CourseFigure], values: Mapping[str, Any]) -> CourseFigure:
    figure = draw(**values)
    if not isinstance(figure, CourseFigure):
        raise TypeError(f"draw: expected to give a figure of helpers.plots, got {type(figure).__name__}")
    return figure


def _show_with_sliders(
    draw: Callable[..., CourseFigure], first: Mapping[str, Any], offered: Mapping[str, list],
    texts: Mapping[str, str],
) -> None:
    from IPython.display import display
    from ipywidgets import Layout, SelectionSlider, VBox

    data, metadata = mime(_figure(draw, first))
    picture = display(data, metadata=metadata, raw=True, display_id=True)
    width = f"{0.6 * max(map(len, texts.values())) + 1:.1f}em"
    sliders = {
        # A slider's own value is the place in the list: ipywidgets takes None for "nothing chosen".
        name: SelectionSlider(
            options=[(text, place) for place, text in enumerate(short(values))], value=values.index(first[name]),
            description=texts[name], continuous_update=False, style={"description_width": width},
            layout=Layout(width="36em"),
        )
        for name, values in offered.items()
    }
    one_at_a_time = threading.Lock()

    def redraw(_change) -> None:
        # JupyterLab handles sliders in a thread beside the cells': the last figure must show what all say.
        with one_at_a_time:
            now = {name: offered[name][slider.value] for name, slider in sliders.items()}
            try:
                data, metadata = mime(_figure(draw, now))
            except Exception as error:
                data, metadata = {"text/plain": _failure(error, now)}, {}
            picture.update(data, metadata=metadata, raw=True)

    for slider in sliders.values():
        slider.observe(redraw, names="value")
    display(VBox(list(sliders.values())))


def _failure(error: Exception, values: Mapping[str, Any]) -> str:
    """What went wrong at which values, and the traceback without the frames of this module."""
    frames = error.__traceback__
    while frames and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    lines = traceback.format_exception(type(error), error, frames)
    return f"{_call(values)} failed.\n\n{''.join(lines)}"


def _call(values: Mapping[str, Any]) -> str:
    return f"draw({', '.join(f'{name}={value!r}' for name, value in values.items())})"


def short(values: Sequence) -> list[str]:
    """Each value as text, numbers with no more digits than tell them apart (but with three)."""
    for digits in (3, 6, 17):
        texts = [_short(value, digits) for value in values]
        if len(set(texts)) == len(texts):
            break
    return texts


def _short(value: Any, digits: int) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        return str(value)
    if float(value).is_integer() and abs(value) < 1e6:
        return number(value)
    mantissa, e, exponent = f"{value:.{digits}g}".partition("e")
    return (mantissa + (f"e{int(exponent)}" if e else "")).replace("-", "\N{MINUS SIGN}")
