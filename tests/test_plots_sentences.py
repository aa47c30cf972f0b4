"""A padded batch of sentences: what is coloured is what the layers average, and the bars count what is left."""

import functools

import numpy as np
import pytest
from matplotlib.colors import to_hex

from helpers import nn, plots
from helpers.plots.sentences import _faint
from helpers.plots.style import STYLES
from tests.figures import assert_described, assert_readable, assert_small, visible_texts

SENTENCES = ["Whose mean is it?", "Noise can help.", "A mean over two values leaves one bit.",
             "The last words of a long sentence stand alone.", "Small batches make noisy means."]
LENGTHS = [4, 3, 8, 9, 5]
RUNNING = [5, 5, 5, 4, 3, 2, 2, 2, 1]
BATCH, LAYER = STYLES["batch"].color.lower(), STYLES["layer"].color.lower()

FIGURES = {
    "a late step": lambda: plots.padded_sentences(SENTENCES, step=8),
    "the last step": lambda: plots.padded_sentences(SENTENCES, step=9, title="Five sentences, padded to nine steps"),
    "the layer's step": lambda: plots.padded_sentences(SENTENCES, step=2, features=4),
    "all steps": lambda: plots.padded_sentences(SENTENCES),
    "with its padding": lambda: plots.padded_sentences(SENTENCES, padding=True, word=(3, 1)),
    "a step with its padding": lambda: plots.padded_sentences(SENTENCES, step=8, padding=True, word=(3, 1)),
    "two of one word": lambda: plots.padded_sentences(["Yes", "No"], features=12),
    "eight": lambda: plots.padded_sentences([*SENTENCES, *SENTENCES[:3]], step=4),
    "no padding": lambda: plots.padded_sentences(["All alike", "Both alike"], padding=True),
}


@functools.cache
def drawn(kind):
    return FIGURES[kind]()


def squares(figure, color):
    """Where the features of this colour begin: (sentence, x)."""
    return [(int(patch.get_y()), patch.get_x()) for patch in figure.axes[0].patches
            if to_hex(patch.get_facecolor()) == color]


@pytest.mark.parametrize("kind", FIGURES)
def test_all_text_is_on_the_canvas_can_be_read_and_none_overlaps_another(kind):
    assert_readable(drawn(kind))
    assert_small(drawn(kind))
    assert_described(drawn(kind), FIGURES[kind]())


@pytest.mark.parametrize("kind", FIGURES)
def test_every_word_stays_in_its_cell(kind):
    figure = drawn(kind)
    sheet = figure.axes[0]
    figure.canvas.draw()
    cells = [patch.get_window_extent() for patch in sheet.patches if patch.get_height() > 0.9]
    words = [box for text, box in visible_texts(figure).items() if text in sheet.texts[:-2]]
    assert len(words) == sum(patch.get_height() == 0.94 and patch.get_hatch() is None for patch in sheet.patches)
    for box in words:
        assert any(cell.x0 <= box.x0 and box.x1 <= cell.x1 and cell.y0 <= box.y0 and box.y1 <= cell.y1
                   for cell in cells), box


def test_the_batch_shares_one_feature_and_the_layer_one_word():
    """As the layers of the course say it: a step of all sentences is (N, C) to batch normalization."""
    late = drawn("a late step")
    assert [sentence for sentence, _ in squares(late, BATCH)] == [2, 3]
    assert len({x for _, x in squares(late, BATCH)}) == 1
    assert [sentence for sentence, _ in squares(late, LAYER)] == [3] * 6
    every = drawn("all steps")
    assert len(squares(every, BATCH)) == sum(LENGTHS)
    assert len(squares(every, LAYER)) == 5  # its first feature is the batch's, too
    for layer, size in ((nn.BatchNormalization(), len(squares(drawn("with its padding"), BATCH))),
                        (nn.LayerNormalization(), len(squares(late, LAYER)))):
        sets = layer.shared_sets((5, 9, 6))
        assert set(np.unique(sets, return_counts=True)[1].tolist()) == {size}


def test_cells_in_a_mean_are_tinted_and_padding_is_hatched():
    for kind, tinted in (("a late step", 2), ("all steps", sum(LENGTHS) - 1), ("with its padding", 44)):
        cells = [patch for patch in drawn(kind).axes[0].patches if patch.get_height() == 0.94]
        assert len(cells) == 45
        assert sum(patch.get_hatch() is not None for patch in cells) == 45 - sum(LENGTHS)
        assert sum(to_hex(patch.get_facecolor()) == _faint(STYLES["batch"].color) for patch in cells) == tinted


def test_the_bars_count_the_sentences_that_have_a_word_at_each_step():
    late = drawn("a late step").axes[1]
    assert [bar.get_height() for bar in late.patches] == RUNNING
    assert [text.get_text() for text in late.texts] == list(map(str, RUNNING))
    assert [to_hex(bar.get_facecolor()) == BATCH for bar in late.patches] == [step == 8 for step in range(1, 10)]
    assert [tick.get_text() for tick in late.get_xticklabels()] == list(map(str, range(1, 10)))


@pytest.mark.parametrize("kind, said", [
    ("a late step", "batch, step 8: 2 values, one feature of 2 words; layer: 6 values, all features of one word, "
                    "'last' (sentence 4, step 2)."),
    ("the last step", "batch, step 9: 1 value, one feature of 1 word;"),
    ("all steps", "batch, all steps: 29 values, one feature of 29 words;"),
    ("with its padding", "batch, all steps: 45 values, 16 of them padding; layer: 6 values, all features of one word, "
                         "'A' (sentence 3, step 1)."),
    ("a step with its padding", "batch, step 8: 5 values, 3 of them padding;"),
    ("no padding", "batch, all steps: 4 values, one feature of 4 words;"),
    ("eight", "The sentences have 4, 3, 8, 9, 5, 4, 3, 8 words."),
    ("a late step", "still have a word, at steps 1 to 9: 5, 5, 5, 4, 3, 2, 2, 2, 1."),
])
def test_the_description_says_what_is_seen(kind, said):
    assert said in drawn(kind).description


@pytest.mark.parametrize("sentences, options, error, message", [
    ("One sentence", {}, TypeError, "sentences: expected a list of strings, got str"),
    ([1, 2], {}, TypeError, "sentences: expected strings, got int"),
    (["One", " "], {}, ValueError, "sentences: expected at least one word in each, got ' '"),
    (["One"], {}, ValueError, "sentences: expected 2 to 8, got 1"),
    (["One"] * 9, {}, ValueError, "sentences: expected 2 to 8, got 9"),
    (["Incomprehensibility " * 5, "One"], {}, ValueError, "sentences: expected columns that fit on 840 pixels, got"),
    (SENTENCES, {"features": 1}, ValueError, "features: expected a whole number from 2 to 12, got 1"),
    (SENTENCES, {"features": 6.0}, TypeError, "features: expected a whole number from 2 to 12, got 6.0"),
    (SENTENCES, {"step": 10}, ValueError, "step: expected a whole number from 1 to 9, got 10"),
    (SENTENCES, {"step": True}, TypeError, "step: expected a whole number"),
    (SENTENCES, {"word": 3}, TypeError, r"word: expected \(sentence, step\), got 3"),
    (SENTENCES, {"word": (6, 1)}, ValueError, "word's sentence: expected a whole number from 1 to 5, got 6"),
    (SENTENCES, {"word": (1, 5)}, ValueError, "word's step: expected a whole number from 1 to 4, got 5"),
])
def test_bad_input_is_named(sentences, options, error, message):
    with pytest.raises(error, match=message):
        plots.padded_sentences(sentences, **options)
