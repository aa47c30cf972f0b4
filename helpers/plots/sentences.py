"""A padded batch of sentences: which numbers share a mean, and how few sentences are left at a late step."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle

from .style import DPI, INK, PALE, STYLES, WIDTH, CourseFigure, footnote, new_figure, styled, titled

_ROOM = WIDTH * DPI - 110  # pixels for the columns, beside the axis' name and ticks
_SIZES = (18, 17, 16, 15, 14)  # points, of the words: the largest that fits
_BESIDE = 16  # pixels around a word
_SQUARE = 12  # pixels, of a feature, if there is room
_MOST_SENTENCES, _MOST_FEATURES = 8, 12
_FEATURES, _HIGH = 0.67, 0.25  # of a row: where the features begin, and how high they are
_BATCH, _LAYER = STYLES["batch"], STYLES["layer"]


@dataclass(frozen=True)
class _Batch:
    """N sentences padded to T steps of C features, and what is coloured of them; steps and sentences from 0."""

    words: list[list[str]]
    features: int
    step: int | None
    word: tuple[int, int]
    padding: bool

    @property
    def lengths(self) -> np.ndarray:
        return np.array([len(sentence) for sentence in self.words])

    @property
    def running(self) -> np.ndarray:
        """How many sentences have a word at each step (T,)."""
        return (self.lengths[:, None] > np.arange(self.lengths.max())).sum(axis=0)

    def in_batch(self, sentence: int, step: int) -> bool:
        """Whether the first feature here is in batch normalization's mean."""
        return self.step in (None, step) and (self.padding or step < self.lengths[sentence])

    @property
    def shared(self) -> tuple[int, int]:
        """How many words, and how many padded steps, batch normalization's mean is over."""
        steps = np.arange(self.lengths.max()) if self.step is None else np.array([self.step])
        words = int(self.running[steps].sum())
        return words, (len(steps) * len(self.words) - words) * self.padding


@styled
def padded_sentences(
    sentences: Sequence[str],
    *,
    features: int = 6,
    step: int | None = None,
    word: tuple[int, int] | None = None,
    padding: bool = False,
    title: str = "",
) -> CourseFigure:
    """A batch of sentences, (N, T, C): which numbers share a mean, and how many sentences still have a word.

    sentences: two to eight, of any lengths; words are what spaces separate. They are the N rows, padded (hatched) to
    the length T of the longest. features: C, two to twelve: the squares under each word.
    step: batch normalization's mean is over one feature of all words at this step, 1 to T, as a recurrent network
    needs it (Ba, Kiros & Hinton 2016, arXiv:1607.06450, section 3.1). Without it, over one feature at all steps, as
    in Keras' layer.
    word: (sentence, step), both from 1, of the word whose features share layer normalization's mean. Without it, the
    second of the longest sentence.
    padding: whether batch normalization takes the padding for words, as it does without a mask.

    Below, the number of sentences that have a word at each step.

    Raises TypeError or ValueError that names the argument, what was expected and what came; also when the columns
    do not fit beside each other.
    """
    batch = _batch(sentences, features, step, word, padding)
    count, steps = len(batch.words), int(batch.lengths.max())

    figure = new_figure(2.6 + 0.62 * count, title)
    size, widths = _columns(figure, batch)
    edges = np.concatenate([[0], np.cumsum(widths)])
    sheet, bars = figure.subplots(2, 1, sharex=True, height_ratios=(0.62 * count, 1))
    for i in range(count):
        for t in range(steps):
            _cell(sheet, batch, i, t, edges[t], widths[t], size)
    sheet.set_ylim(count, 0)
    sheet.set_yticks(np.arange(count) + 0.5, [str(i + 1) for i in range(count)])
    sheet.set_ylabel("sentence")
    for line, (text, look) in enumerate(((_said_layer(batch), _LAYER), (_said_batch(batch), _BATCH))):
        sheet.annotate(text, (0, 1), xycoords="axes fraction", xytext=(0, 8 + 24 * line), textcoords="offset points",
                       fontsize=17, fontweight="bold", color=look.text_color)

    middles = edges[:-1] + widths / 2
    for t, (x, running) in enumerate(zip(middles, batch.running, strict=True)):
        among = batch.step in (None, t)
        bars.bar(x, running, 34, color=_BATCH.color if among else "#A6A6A6")
        bars.annotate(str(running), (x, running), xytext=(0, 2), textcoords="offset points", ha="center", va="bottom",
                      fontsize=17, fontweight="bold" if among else "normal", color=_BATCH.text_color if among else INK)
    bars.set_ylim(0, 1.45 * count)
    bars.set_yticks([])
    bars.spines["left"].set_visible(False)
    bars.set_xticks(middles, [str(t + 1) for t in range(steps)])
    bars.set_xlim(0, edges[-1])
    bars.set_xlabel("step")
    bars.set_title("sentences that still have a word")
    for axes in (sheet, bars):
        axes.tick_params(length=0, labelsize=16)
    sheet.tick_params(labelbottom=False)
    for spine in sheet.spines.values():
        spine.set_visible(False)
    footnote(figure, f"squares: the C = {batch.features} features of a word; hatched: padding")
    figure.description = _describe(title, batch)
    return figure


def _batch(sentences, features, step, word, padding) -> _Batch:
    if isinstance(sentences, str) or not isinstance(sentences, Sequence):
        raise TypeError(f"sentences: expected a list of strings, got {type(sentences).__name__}")
    for sentence in sentences:
        if not isinstance(sentence, str):
            raise TypeError(f"sentences: expected strings, got {type(sentence).__name__}")
        if not sentence.split():
            raise ValueError(f"sentences: expected at least one word in each, got {sentence!r}")
    if not 2 <= len(sentences) <= _MOST_SENTENCES:
        raise ValueError(f"sentences: expected 2 to {_MOST_SENTENCES}, got {len(sentences)}")
    words = [sentence.split() for sentence in sentences]
    lengths = [len(sentence) for sentence in words]
    _whole(features, "features", 2, _MOST_FEATURES)
    if step is not None:
        _whole(step, "step", 1, max(lengths))
    longest = lengths.index(max(lengths))
    if word is None:
        chosen = (longest, min(1, lengths[longest] - 1))
    else:
        if not isinstance(word, tuple) or len(word) != 2:
            raise TypeError(f"word: expected (sentence, step), got {word!r}")
        _whole(word[0], "word's sentence", 1, len(words))
        _whole(word[1], "word's step", 1, lengths[word[0] - 1])
        chosen = (word[0] - 1, word[1] - 1)
    return _Batch(words, features, None if step is None else step - 1, chosen, bool(padding))


def _whole(value, argument: str, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{argument}: expected a whole number from {low} to {high}, got {value!r}")
    if not low <= value <= high:
        raise ValueError(f"{argument}: expected a whole number from {low} to {high}, got {value}")


def _columns(figure: CourseFigure, batch: _Batch) -> tuple[int, np.ndarray]:
    """The words' size in points, and the columns' widths in pixels (T,), which together fill the room."""
    renderer = figure.canvas.get_renderer()
    least = np.full(batch.lengths.max(), _SQUARE * batch.features + _BESIDE, dtype=float)
    for size in _SIZES:
        font, widths = FontProperties(size=size), least.copy()
        for sentence in batch.words:
            for t, word in enumerate(sentence):
                across, _, _ = renderer.get_text_width_height_descent(word, font, False)
                widths[t] = max(widths[t], across + _BESIDE)
        if widths.sum() <= _ROOM:
            return size, widths + (_ROOM - widths.sum()) / len(widths)
    raise ValueError(
        f"sentences: expected columns that fit on {_ROOM:.0f} pixels, got {widths.sum():.0f}: take shorter sentences "
        "or words, or fewer features"
    )


def _cell(axes: Axes, batch: _Batch, sentence: int, step: int, left: float, width: float, size: int) -> None:
    """One cell of the sheet: a word over its features, or padding."""
    running = step < batch.lengths[sentence]
    in_batch, in_layer = batch.in_batch(sentence, step), batch.word == (sentence, step)
    color = _LAYER.color if in_layer else _BATCH.color if in_batch else None
    face = "white" if color is None else _faint(color)
    axes.add_patch(Rectangle((left + 2, sentence + 0.03), width - 4, 0.94, facecolor=face, linewidth=1,
                             edgecolor="#B3B3B3", hatch=None if running else "///"))
    if in_layer:
        axes.add_patch(Rectangle((left + 3, sentence + 0.05), width - 6, 0.9, fill=False, edgecolor=color, linewidth=3))
    if running:
        axes.annotate(batch.words[sentence][step], (left + width / 2, sentence + 0.38), ha="center",
                      va="center_baseline", fontsize=size)
    if not running and not in_batch:
        return
    square = min(_SQUARE + 4, (width - 14) / batch.features)
    first = left + (width - batch.features * square) / 2
    for c in range(batch.features):
        look = _BATCH.color if in_batch and c == 0 else _LAYER.color if in_layer else PALE
        axes.add_patch(Rectangle((first + c * square, sentence + _FEATURES), square, _HIGH, facecolor=look,
                                 edgecolor="white", linewidth=1.5))


def _faint(color: str) -> str:
    return to_hex(1 - 0.22 * (1 - np.array(to_rgb(color))))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _said_batch(batch: _Batch) -> str:
    words, padded = batch.shared
    where = "all steps" if batch.step is None else f"step {batch.step + 1}"
    of = f"{padded} of them padding" if padded else f"one feature of {_counted(words, 'word')}"
    return f"batch, {where}: {_counted(words + padded, 'value')}, {of}"


def _said_layer(batch: _Batch) -> str:
    return f"layer: {_counted(batch.features, 'value')}, all features of one word"


def _describe(title: str, batch: _Batch) -> str:
    count, steps = len(batch.words), int(batch.lengths.max())
    sentence, step = batch.word
    return " ".join([
        f"A sheet{titled(title)} of {count} sentences, a row each, padded to {steps} steps; under each word its "
        f"{batch.features} features. The sentences have {', '.join(map(str, batch.lengths.tolist()))} words.",
        f"Coloured: {_said_batch(batch)}; {_said_layer(batch)}, {batch.words[sentence][step]!r} "
        f"(sentence {sentence + 1}, step {step + 1}).",
        "Bars below: the sentences that still have a word, at steps 1 to "
        f"{steps}: {', '.join(map(str, batch.running.tolist()))}.",
    ])
