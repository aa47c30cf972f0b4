"""The cubes: coloured is what shares a mean with one element, and under each cube stands how much that is."""

import functools

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

from helpers import nn, plots
from helpers.plots.style import PALE, STYLES
from tests.figures import assert_described, assert_readable, assert_small, visible_texts


class Shares:
    """A layer, as far as a picture asks: which elements share a mean."""

    def __init__(self, sets):
        self.sets = sets

    def shared_sets(self, shape):
        return self.sets(np.indices(shape), shape)


BATCH = Shares(lambda i, shape: i[-1])
LAYER = Shares(lambda i, shape: i[0])
INSTANCE = Shares(lambda i, shape: i[0] * shape[-1] + i[-1])
GROUP = Shares(lambda i, shape: i[0] * 2 + i[-1] // (shape[-1] // 2))
CUBES = {"batch": BATCH, "layer": LAYER, "instance": INSTANCE, "group": GROUP}
FOUR = {"batch": nn.BatchNormalization(), "layer": nn.LayerNormalization(axis=(1, 2, 3)),
        "instance": nn.InstanceNormalization(), "group": nn.GroupNormalization(groups=3)}
SHAPE, CORNER = (4, 3, 3, 6), (0, 0, 0, 0)
DIAGONAL = Shares(lambda i, shape: (i[0] + i[-1]) % 2)

FIGURES = {
    "four": lambda: plots.shared_statistics(FOUR, SHAPE),
    "four, titled": lambda: plots.shared_statistics(CUBES, SHAPE, title="Which elements share a mean, in four layers"),
    "four, blocks": lambda: plots.shared_statistics(CUBES, (4, 8, 8, 6)),
    "one": lambda: plots.shared_statistics({"batch normalization": BATCH}, (2, 2, 2, 3)),
    "one, elsewhere": lambda: plots.shared_statistics({"batch": BATCH}, (4, 3, 3, 5), highlight=(0, 1, 1, 2)),
    "two, large": lambda: plots.shared_statistics({"batch": BATCH, "layer": LAYER}, (16, 4, 4, 32)),
    "three": lambda: plots.shared_statistics({name: CUBES[name] for name in ("batch", "layer", "group")}, SHAPE),
    "five": lambda: plots.shared_statistics({**CUBES, "LN, default": nn.LayerNormalization()}, SHAPE,
                                            styles={"LN, default": "layer"}),
    "no block": lambda: plots.shared_statistics({"batch": DIAGONAL, "layer": LAYER}, SHAPE),
    "sheets": lambda: plots.shared_statistics({"batch": BATCH, "layer": LAYER}, (6, 4), highlight=(2, 1)),
    "sheets, four": lambda: plots.shared_statistics(CUBES, (6, 4)),
    "groups": lambda: plots.shared_in_groups(nn.GroupNormalization, SHAPE),
    "groups, titled": lambda: plots.shared_in_groups(nn.GroupNormalization, (2, 4, 4, 12), groups=(1, 2, 4, 12),
                                                     title="The number of groups of twelve channels"),
    "groups, one": lambda: plots.shared_in_groups(nn.GroupNormalization, SHAPE, groups=[2]),
}


@functools.cache
def drawn(kind):
    return FIGURES[kind]()


def drawn_cells(axes):
    cells = axes.findobj(PolyCollection)[0]
    corners = [path.vertices[:4] for path in cells.get_paths()]
    return [to_hex(color) for color in cells.get_facecolors()], corners


def color_of(name):
    return STYLES[name].color.lower()


@pytest.mark.parametrize("kind", FIGURES)
def test_all_text_is_on_the_canvas_can_be_read_and_none_overlaps_another(kind):
    assert_readable(drawn(kind))
    assert_small(drawn(kind))
    assert_described(drawn(kind), FIGURES[kind]())


def test_the_corner_of_the_cube_is_the_first_element_on_all_three_faces():
    """One set for element (0, 0, 0, 0) alone: its three cells meet in one point, and form a hexagon."""
    corner = Shares(lambda i, shape: (i.sum(axis=0) == 0).astype(int))
    colors, cells = drawn_cells(plots.shared_statistics({"batch": corner}, (4, 2, 2, 6)).axes[0])
    strong = [cell for color, cell in zip(colors, cells, strict=True) if color == color_of("batch")]
    shared = set.intersection(*({tuple(point.round(6)) for point in cell} for cell in strong))
    assert len(strong) == 3 and len(shared) == 1


@pytest.mark.parametrize("shape, element", [
    (SHAPE, CORNER), ((4, 8, 8, 6), CORNER), (SHAPE, (2, 0, 0, 3)), (SHAPE, (0, 1, 2, 4)), ((5, 4), (3, 2)),
    ((2, 1, 1, 4), CORNER),
])
def test_coloured_are_exactly_the_elements_that_share_a_mean_with_the_highlighted_one(shape, element):
    figure = plots.shared_statistics(CUBES, shape, highlight=element)
    for axes, (name, layer) in zip(figure.axes, CUBES.items(), strict=True):
        sets = layer.shared_sets(shape)
        blocks = sets.reshape(shape[0], -1, shape[-1])
        seen = sets.ravel() if len(shape) == 2 else np.concatenate(
            [blocks[:, 0, :].ravel(), blocks[0].ravel(), blocks[:, :, 0].T.ravel()])
        expected = np.where(seen == sets[element], color_of(name), PALE.lower())
        colors, _ = drawn_cells(axes)
        assert colors == expected.tolist()


def test_a_dot_in_every_cube_marks_the_same_element_inside_its_own_cell():
    for shape, element in ((SHAPE, (0, 1, 2, 4)), (SHAPE, CORNER), ((5, 4), (3, 2))):
        dots = [axes.lines[0].get_xydata() for axes in plots.shared_statistics(CUBES, shape, highlight=element).axes]
        assert len(dots) == 4 and all(dot.shape == (1, 2) and (dot == dots[0]).all() for dot in dots)
        alone = Shares(lambda i, shape, element=element: (np.moveaxis(i, 0, -1) == element).all(axis=-1).astype(int))
        colors, cells = drawn_cells(plots.shared_statistics({"batch": alone}, shape, highlight=element).axes[0])
        own = [cell for color, cell in zip(colors, cells, strict=True) if color == color_of("batch")]
        np.testing.assert_allclose(dots[0][0], np.concatenate(own).mean(axis=0))
    assert not drawn("one").axes[0].lines


def test_without_a_highlight_the_front_corner_is_taken():
    assert drawn("four").description == plots.shared_statistics(FOUR, SHAPE, highlight=CORNER).description


def test_cells_of_a_coloured_set_are_divided_by_white_lines():
    for shape, lines in ((SHAPE, 4 * 6 + 9 * (4 + 6)), ((4, 8, 8, 6), 4 * 6 + 8 * (4 + 6))):
        axes = plots.shared_statistics({"batch": BATCH}, shape).axes[0]
        white = [part for part in axes.findobj(PolyCollection)
                 if len(part.get_edgecolors()) and to_hex(part.get_edgecolors()[0]) == "#ffffff"]
        assert max(len(part.get_paths()) for part in white) == lines
        assert min(part.get_linewidth()[0] for part in white) >= 1


def test_under_each_cube_stands_how_many_values_and_of_what():
    written = [[text.get_text() for text in axes.texts[-2:]] for axes in drawn("four").axes]
    assert written == [
        ["36 values", "one channel,\nall images"], ["54 values", "all channels,\none image"],
        ["9 values", "one channel,\none image"], ["18 values", "2 of 6 channels,\none image"],
    ]
    assert [text.get_text() for text in drawn("one").axes[0].texts[-2:]] == ["8 values", "one channel, all images"]
    assert [text.get_text() for text in drawn("five").axes[4].texts[-2:]] == [
        "6 values", "all channels,\none position,\none image"]
    assert [text.get_text() for text in drawn("no block").axes[0].texts[-2:]] == ["108 values", ""]


def test_titles_and_counts_have_the_layers_color():
    for axes, name in zip(drawn("four").axes, FOUR, strict=True):
        assert axes.title.get_color() == axes.texts[-2].get_color() == STYLES[name].text_color


def test_the_axes_are_explained_once():
    texts = [text.get_text() for text in visible_texts(drawn("four"))]
    assert "N: 4 images, C: 6 channels, H × W: 3 × 3 positions; dot: the same element in each" in texts
    assert [texts.count(name) for name in ("N", "C", "H × W")] == [4, 4, 4]


def test_the_description_names_the_highlighted_element_and_what_its_set_spans():
    text = plots.shared_statistics(CUBES, SHAPE, highlight=(0, 1, 2, 4)).description
    for part in ("image 0, row 1, column 2, channel 4, counted from 0",
                 "batch: 36 values, one channel, all images.",
                 "layer: 54 values, all channels, one image.",
                 "instance: 9 values, one channel, one image.",
                 "group: 27 values, 3 of 6 channels, one image."):
        assert part in text
    assert "image 2, channel 1, counted" in drawn("sheets").description
    assert "batch: 108 values." in drawn("no block").description


def test_a_sheet_has_the_first_image_at_the_top():
    colors, cells = drawn_cells(plots.shared_statistics({"layer": LAYER}, (3, 2)).axes[0])
    heights = [cell[:, 1].mean() for color, cell in zip(colors, cells, strict=True) if color == color_of("layer")]
    assert heights == [2.5, 2.5]


def test_one_group_is_layer_normalization_and_as_many_as_channels_are_instance_normalization():
    groups = drawn("groups")
    assert [axes.get_title() for axes in groups.axes] == ["1 group = LN", "2 groups", "3 groups", "6 groups = IN"]
    for place, name in ((0, "layer"), (2, "group"), (3, "instance")):
        assert drawn_cells(groups.axes[place])[0] == drawn_cells(drawn("four").axes[list(FOUR).index(name)])[0]
    assert "2 groups: 27 values, 3 of 6 channels, one image." in groups.description
    (one,) = drawn("groups, one").axes
    assert color_of("group") in drawn_cells(one)[0]


@pytest.mark.parametrize("call, error, message", [
    (lambda: plots.shared_statistics({"batch": object()}, (2, 2)), TypeError, "shared_sets.* got object"),
    (lambda: plots.shared_statistics({"batch": BATCH}, (2, 2, 2)), ValueError, r"shape: .* got \(2, 2, 2\)"),
    (lambda: plots.shared_statistics({"batch": Shares(lambda i, shape: i[0] / 2)}, (2, 2)), ValueError,
     "expected shared_sets to give integers .* got float64"),
    (lambda: plots.shared_statistics({"batch": BATCH}, (2, 3), highlight=3), TypeError,
     r"highlight: expected the index of an element, \(image, channel\), got 3"),
    (lambda: plots.shared_statistics({"batch": BATCH}, (2, 3), highlight=(0, 1.5)), TypeError,
     r"highlight: expected whole numbers, \(image, channel\), got \(0, 1.5\)"),
    (lambda: plots.shared_statistics({"batch": BATCH}, (2, 3), highlight=(0, 3)), ValueError,
     r"highlight: .* \(image, channel\), of shape \(2, 3\), got \(0, 3\)"),
    (lambda: plots.shared_statistics({"batch": BATCH}, (2, 3), highlight=(0, -1)), ValueError, r"got \(0, -1\)"),
    (lambda: plots.shared_statistics({"batch": BATCH}, (2, 3, 3, 4), highlight=(0, 0)), ValueError,
     r"highlight: .* \(image, row, column, channel\), of shape \(2, 3, 3, 4\), got \(0, 0\)"),
    (lambda: plots.shared_statistics({"batch": BATCH}, (2, 3, 3, 4), highlight=(1, 0, 2, 3)), ValueError,
     r"highlight: expected an element that is seen: .* got \(1, 0, 2, 3\)"),
    (lambda: plots.shared_statistics({"mine": BATCH}, (2, 3)), ValueError, "no style .* 'mine'"),
    (lambda: plots.shared_in_groups(BATCH, SHAPE), TypeError, "layer: expected a function of .* got Shares"),
    (lambda: plots.shared_in_groups(nn.GroupNormalization, (4, 6)), ValueError, r"shape: .* got \(4, 6\)"),
    (lambda: plots.shared_in_groups(nn.GroupNormalization, (1, 2, 2, 12)), ValueError,
     r"groups: expected one to four .* got \[1, 2, 3, 4, 6, 12\]"),
    (lambda: plots.shared_in_groups(nn.GroupNormalization, SHAPE, groups=[]), ValueError, r"groups: .* got \[\]"),
    (lambda: plots.shared_in_groups(nn.GroupNormalization, SHAPE, groups=[4]), ValueError, "4"),
])
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
