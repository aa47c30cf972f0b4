"""Loss contours and decision regions: what is drawn is what was given, and their descriptions stay the same."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from matplotlib.colors import to_hex
from matplotlib.contour import ContourSet
from matplotlib.path import Path as Outline
from matplotlib.text import Annotation

from helpers import plots
from helpers.plots import landscape, regions
from helpers.plots.output import png
from helpers.plots.style import STYLES
from tests.figures import assert_described, assert_readable, assert_small, compared
from tests.test_plots import VISION, lab

modest = settings(deadline=None, max_examples=60, derandomize=True)

AXES = {"x_label": "weight of the ink", "y_label": "weight of the width"}
GRID = np.linspace(-3, 3, 121)
LOWEST = np.array([0.317, -0.204])
STEEP = np.array([[200.0, 60.0], [60.0, 19.0]])  # condition number 3,000, and aslant
ROUND = np.array([[1.0, 0.3], [0.3, 1.0]])
CENTRES = np.array([[0, 2], [2, -1], [-2, -1]])


def bowl(curvature, x=GRID, y=GRID, lowest=LOWEST):
    away = np.stack(np.meshgrid(x, y), axis=-1) - lowest
    return np.einsum("...i,ij,...j", away, curvature, away) / 2


def descent(curvature, share, count, start=(-2.0, 2.5)):
    """Gradient descent at this share of the largest stable rate."""
    rate = share * 2 / np.linalg.eigvalsh(curvature)[-1]
    path = [np.array(start)]
    for _ in range(count):
        path.append(path[-1] - rate * curvature @ (path[-1] - LOWEST))
    return np.array(path)


def one_map(paths=None, curvature=ROUND, **options):
    return plots.loss_contours({"raw": (GRID, GRID, bowl(curvature), paths or {})}, **AXES, **options)


def two_classes(count=60, shift=0.0):
    rng = np.random.default_rng(count)
    labels = rng.integers(0, 2, count)
    return rng.normal(size=(count, 2)) + 1.5 * labels[:, None] + shift, labels


def beyond(points):
    return points.sum(axis=1) - 1.5


def sides(points):
    return (beyond(points) > 0).astype(int)


def nearness(points):
    return -((points[:, None] - CENTRES) ** 2).sum(axis=-1)


def three_classes(count=150):
    labels = np.arange(count) % 3
    return np.random.default_rng(count).normal(size=(count, 2)) + CENTRES[labels], labels


def one_plane(points, labels, decide, **options):
    return plots.decision_regions({"raw": (points, labels, decide)}, "ink", "width", **options)


TITLE = "Gradient descent on 200 digits, each panel at the same share of its largest stable learning rate"
TITLED = {"title": TITLE, "styles": {"0.98 of the limit": "first", "1.02 of the limit": "second"}}

FIGURES = {
    "contours, no path": lambda: plots.loss_contours({"raw": ([0, 1], [0, 1], [[0, 1], [1, 2]], {})}, **AXES),
    "contours, one": lambda: one_map({"gradient descent": descent(STEEP, 0.98, 40)}, STEEP,
                                     styles={"gradient descent": "first"}),
    "contours, two": lambda: plots.loss_contours(
        {name: (GRID, GRID, bowl(curvature), {
            "0.98 of the limit": descent(curvature, 0.98, 60), "1.02 of the limit": descent(curvature, 1.02, 60),
        }) for name, curvature in {"raw units": STEEP, "standardized": ROUND}.items()}, **AXES, **TITLED,
    ),
    "contours, three": lambda: plots.loss_contours(
        {name: (x, y, bowl(ROUND, x, y), {label: descent(ROUND, 0.4, 5) for label in ("first", "second", "third")})
         for name, x, y in [("raw units", np.linspace(-4, 0.004, 30), np.linspace(-2000, 3000, 50)),
                            ("only centred, not scaled", GRID, GRID), ("standardized", GRID * 1e-4, GRID)]},
        "weight of the ink in hundreds of pixels", "weight of the width in pixels",
    ),
    "contours, long labels": lambda: one_map(
        {f"{share} of the largest stable learning rate": descent(ROUND, share, 9) for share in (0.1, 0.9, 1.1)},
        styles={f"{share} of the largest stable learning rate": name
                for share, name in [(0.1, "first"), (0.9, "second"), (1.1, "third")]},
    ),
    "contours, two, long labels": lambda: plots.loss_contours(
        {name: (GRID, GRID, bowl(ROUND), {
            f"{share} of the largest rate that is stable on the raw pixels": descent(ROUND, share, 9)
            for share in (0.1, 0.9, 1.1)
        }) for name in ("raw", "standardized")}, **AXES,
        styles={f"{share} of the largest rate that is stable on the raw pixels": name
                for share, name in [(0.1, "first"), (0.9, "second"), (1.1, "third")]},
    ),
    "regions, one": lambda: one_plane(*two_classes(), sides, class_names=["digit 0", "digit 1"]),
    "regions, three": lambda: plots.decision_regions(
        {name: (*two_classes(200, shift), sides) for name, shift in
         {"batch 1, raw": 0, "batch 2, raw": 2, "batch 2, its own statistics": 0}.items()},
        "ink (hundreds)", "width (pixels)", class_names=["digit 0", "digit 1"], title=TITLE,
    ),
    "regions, four": lambda: plots.decision_regions(
        {f"seed {i}": (*two_classes(600 + i), beyond) for i in range(4)}, "ink", "width", threshold=0,
    ),
    "regions, three classes": lambda: plots.decision_regions(
        {"nearest centre": (*three_classes(), nearness), "nearest in x": (*three_classes(50), lambda points:
         nearness(points * [1, 0]))}, "ink", "width", share_axes=False,
    ),
}


@pytest.fixture(scope="module")
def drawn():
    return {kind: draw() for kind, draw in FIGURES.items()}


# ---- Every figure -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FIGURES)
def test_all_text_is_on_the_canvas_large_and_dark_and_none_overlaps(drawn, kind):
    assert_readable(drawn[kind])


@pytest.mark.parametrize("kind", FIGURES)
def test_the_picture_is_small_and_as_wide_as_every_other(drawn, kind):
    assert_small(drawn[kind])


@pytest.mark.parametrize("kind", FIGURES)
def test_descriptions_are_the_same_every_time(drawn, kind):
    assert_described(drawn[kind], FIGURES[kind]())


@pytest.mark.parametrize("kind", FIGURES)
def test_panels_keep_their_shape_whatever_the_legend(drawn, kind):
    figure = drawn[kind]
    figure.canvas.draw()
    boxes = [axes.get_window_extent() for axes in figure.axes]
    assert all(0.8 < box.width / box.height < 2.8 for box in boxes)
    for legend in figure.legends:
        its = legend.get_window_extent()
        if len(boxes) == 1:
            assert its.x0 > boxes[0].x1 and boxes[0].width / boxes[0].height < 2
        else:
            assert its.y1 < min(box.y0 for box in boxes)


def test_measured_numbers_in_descriptions_differ_only_behind_the_sign():
    def text(offset):
        x = GRID + offset
        paths = {"first": descent(ROUND, 0.5, 9) + offset, "second": descent(ROUND, 3, 9) - offset}
        contours = plots.loss_contours({"raw": (x, x, bowl(ROUND), paths)}, **AXES)
        plane = one_plane(*two_classes(), lambda points: sides(points + offset))
        return contours.description + plane.description

    assert text(0) != text(0.123)
    assert compared(text(0)) == compared(text(0.123))


# ---- Loss contours ------------------------------------------------------------------------------


def contour_sets(axes):
    filled, lines = axes.findobj(ContourSet)
    return filled, lines


def lines_of(axes, color):
    return [line for line in axes.lines if to_hex(line.get_color()) == color.lower()]


def on_axes(axes, points):
    """Data as shares of the panel's width and height."""
    low, high = np.array([axes.get_xlim(), axes.get_ylim()]).T
    return (np.asarray(points) - low) / (high - low)


def crosses(axes):
    return [line.get_xydata()[0] for line in axes.lines if line.get_marker() == "x"]


def arrows(axes):
    return [text for text in axes.texts if isinstance(text, Annotation)]


@pytest.mark.parametrize("curvature", [ROUND, STEEP, np.diag([1.0, 300.0])], ids=["round", "aslant", "along an axis"])
def test_contours_are_of_the_loss_and_some_go_round_the_lowest(curvature):
    loss = bowl(curvature)
    filled, lines = contour_sets(one_map(curvature=curvature).axes[0])
    assert np.array_equal(filled.zmax, loss.max()) and np.array_equal(filled.zmin, loss.min())
    edge = np.concatenate([loss[0], loss[-1], loss[:, 0], loss[:, -1]])
    levels = np.asarray(lines.levels)
    assert len(levels) == 9
    assert (np.diff(levels) > 0).all()
    assert 2 <= (levels < edge.min()).sum() <= 8
    for level, path in zip(levels, lines.get_paths(), strict=True):
        away = path.vertices - LOWEST
        there = np.einsum("ni,ij,nj->n", away, curvature, away) / 2
        across = 0.5 * np.diagonal(curvature).max() * (GRID[1] - GRID[0]) ** 2
        assert (np.abs(there - level) <= across).all()


@pytest.mark.parametrize("angle", [0, 0.05, 0.3, np.pi / 4, 1.5])
@pytest.mark.parametrize("steepness", [1, 1e3, 1e4, 1e6])
def test_contours_of_a_narrow_valley_do_not_fall_into_pearls(angle, steepness):
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    _, lines = contour_sets(one_map(curvature=turn @ np.diag([steepness, 1]) @ turn.T).axes[0])
    for path in lines.get_paths():
        begins = np.flatnonzero(path.codes == Outline.MOVETO)
        points = np.sort(np.diff(np.append(begins, len(path.codes))))
        assert points[-4:].sum() > 0.9 * points.sum()  # an ellipse, or the pieces that the borders leave of it


def test_a_grid_of_few_points_is_drawn():
    figure = plots.loss_contours({"raw": ([0, 1, 2], [0, 1, 2], [[9, 9, 9], [9, 0, 1e-9], [9, 9, 9]], {})}, **AXES)
    assert len(contour_sets(figure.axes[0])) == 2


@given(
    lowest=st.tuples(st.floats(-2.8, 2.8), st.floats(-2.8, 2.8)), angle=st.floats(0, np.pi),
    steepness=st.sampled_from([1, 10, 300]), offset=st.sampled_from([0, -7, 100]),
)
@modest
def test_the_cross_is_at_the_lowest_loss_of_a_bowl_whatever_the_grid(lowest, angle, steepness, offset):
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    loss = bowl(turn @ np.diag([steepness, 1]) @ turn.T, GRID[::3], GRID[::2], lowest) + offset
    assert landscape._lowest(GRID[::3], GRID[::2], loss) == pytest.approx(lowest, abs=1e-6)


@pytest.mark.parametrize("of_square", [lambda s: s**2, np.sqrt, np.log1p, lambda s: np.maximum(s, 1e-3)])
def test_the_cross_of_another_loss_is_within_a_step_of_the_grids_lowest(of_square):
    loss = of_square(bowl(ROUND))
    found = landscape._lowest(GRID, GRID, loss)
    row, column = np.unravel_index(loss.argmin(), loss.shape)
    assert np.abs(np.array(found) - (GRID[column], GRID[row])).max() <= 1.5 * (GRID[1] - GRID[0])


@pytest.mark.parametrize("lowest", [(-3.5, 0), (0, 3.2), (40, 40)])
def test_there_is_no_cross_where_the_lowest_loss_is_outside(lowest):
    loss = bowl(ROUND, lowest=np.array(lowest))
    figure = plots.loss_contours({"raw": (GRID, GRID, loss, {})}, **AXES)
    assert crosses(figure.axes[0]) == []
    assert "at the border or outside" in figure.description
    assert "lowest loss" not in [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def test_the_cross_is_drawn_and_named():
    figure = one_map()
    assert crosses(figure.axes[0])[0] == pytest.approx(LOWEST)
    assert "lowest loss" in [text.get_text() for text in figure.legends[0].get_texts()]
    assert "cross, is at (≈ 0.32, ≈ -0.2)" in figure.description


def test_losses_that_are_not_finite_are_left_out():
    loss = bowl(ROUND)
    loss[:10], loss[:, -5:] = np.nan, np.inf
    figure = plots.loss_contours({"raw": (GRID, GRID, loss, {})}, **AXES)
    filled, _ = contour_sets(figure.axes[0])
    assert filled.zmax == loss[np.isfinite(loss)].max()
    assert crosses(figure.axes[0])[0] == pytest.approx(LOWEST)
    loss[-1] = loss[:, 0] = np.nan  # now on every border
    assert contour_sets(plots.loss_contours({"raw": (GRID, GRID, loss, {})}, **AXES).axes[0])


def test_a_flat_loss_has_no_lines_and_no_cross():
    figure = plots.loss_contours({"flat": (GRID, GRID, np.ones((121, 121)), {})}, **AXES)
    assert figure.axes[0].findobj(ContourSet) == [] and crosses(figure.axes[0]) == []


def test_a_path_is_its_steps_in_the_style_of_its_label():
    path = descent(ROUND, 0.3, 7)
    axes = one_map({"second": path}).axes[0]
    line, dots, start = lines_of(axes, STYLES["second"].color)
    np.testing.assert_allclose(line.get_xydata(), on_axes(axes, path))
    np.testing.assert_array_equal(dots.get_xydata(), path)
    np.testing.assert_array_equal(start.get_xydata(), path[:1])
    assert (dots.get_marker(), start.get_marker()) == ("o", STYLES["second"].marker)
    assert start.get_markersize() > dots.get_markersize()
    assert arrows(axes) == []


def test_starts_in_one_place_are_all_seen():
    axes = one_map({name: descent(ROUND, share, 5) for name, share in [("first", 0.1), ("second", 0.3)]}).axes[0]
    first, second = (lines_of(axes, STYLES[name].color)[-1].get_markersize() for name in ("first", "second"))
    assert first > second + 5


@pytest.mark.parametrize("outer, border", [
    ((6, 0), (3, 0)), ((6, 3), (3, 1.5)), ((0, -300), (0, -3)), ((-4, 4), (-3, 3)), ((1e300, 0), (3, 0)),
    ((np.inf, 0), (3, 0)), ((0, -np.inf), (0, -3)),
])
def test_a_path_that_leaves_ends_in_an_arrow_at_the_border(outer, border):
    path = np.array([(1.0, 1.0), (0.0, 0.0), outer, (9e9, 9e9), (np.nan, np.nan)])
    figure = one_map({"first": path})
    (arrow,) = arrows(figure.axes[0])
    tip = on_axes(figure.axes[0], border)
    assert arrow.xy == pytest.approx(tip)
    line, dots, _ = lines_of(figure.axes[0], STYLES["first"].color)
    assert line.get_xydata()[-1] == pytest.approx(tip)
    np.testing.assert_array_equal(dots.get_xydata(), path[:2])
    back = tip - arrow.xyann
    assert np.hypot(*back) == pytest.approx(landscape._ARROW) and back @ (tip - 0.5) > 0
    assert "first: 4 steps from (≈ 1, ≈ 1) to outside the panel." in figure.description
    png(figure)


@given(
    point=hnp.arrays(float, 2, elements=st.floats(0, 1)),
    way=hnp.arrays(float, 2, elements=st.floats(-1e6, 1e6, allow_subnormal=False)),
)
@modest
def test_the_border_lies_ahead(point, way):
    outside = ((point + way < 0) | (point + way > 1)).any()
    if not outside:
        return
    border = landscape._border(point, way)
    assert (border >= -1e-9).all() and (border <= 1 + 1e-9).all()
    assert min(np.abs(border).min(), np.abs(border - 1).min()) < 1e-9
    ahead = border - point
    assert ahead @ way >= 0
    assert abs(ahead[0] * way[1] - ahead[1] * way[0]) <= 1e-9 * np.hypot(*way)


def test_a_path_that_comes_back_has_no_arrow():
    path = np.array([(0, 0), (5, 0), (-5, 1), (1, 1)])
    figure = one_map({"first": path})
    assert arrows(figure.axes[0]) == []
    line, dots, _ = lines_of(figure.axes[0], STYLES["first"].color)
    np.testing.assert_allclose(line.get_xydata(), on_axes(figure.axes[0], path))
    np.testing.assert_array_equal(dots.get_xydata(), path[[0, 3]])
    assert "from (≈ 0, ≈ 0) to (≈ 1, ≈ 1)" in figure.description


@pytest.mark.parametrize("path, said", [
    ([(5, 5), (1, 1)], "1 step from outside the panel to (≈ 1, ≈ 1)"),
    ([(5, 5), (6, 6)], "1 step from outside the panel to outside the panel"),
    ([(1, 1), (np.nan, 0)], "1 step from (≈ 1, ≈ 1) to outside the panel"),
    ([(1, 1)], "0 steps from (≈ 1, ≈ 1) to (≈ 1, ≈ 1)"),
])
def test_a_path_outside_is_told_and_draws_nothing_wrong(path, said):
    figure = one_map({"first": path})
    assert f"first: {said}." in figure.description
    assert arrows(figure.axes[0]) == []
    png(figure)


def test_each_panel_has_axes_of_its_own():
    figure = plots.loss_contours(
        {"raw": (GRID, GRID, bowl(ROUND), {}), "wide": (GRID * 100, GRID * 10, bowl(ROUND), {})}, **AXES
    )
    assert [axes.get_xlim() for axes in figure.axes] == [(-3, 3), (-300, 300)]
    assert [axes.get_ylim() for axes in figure.axes] == [(-3, 3), (-30, 30)]
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["raw", "wide"]


# ---- Decision regions ---------------------------------------------------------------------------


def areas(axes):
    return [found for found in axes.findobj(ContourSet) if found.filled]


def borders(axes):
    return [found for found in axes.findobj(ContourSet) if not found.filled]


def colors_at(figure, axes, places):
    """The colours of the picture at these places."""
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[::-1, :, :3].astype(int)
    columns, rows = axes.transData.transform(places).astype(int).T
    return pixels[rows, columns]


SAME_RULE = {
    "class numbers": (sides, {}),
    "as floats": (lambda points: sides(points).astype(np.float32), {}),
    "as booleans": (lambda points: beyond(points) > 0, {}),
    "logits": (beyond, {"threshold": 0}),
    "logits, a column": (lambda points: beyond(points)[:, None], {"threshold": 0}),
    "probabilities": (lambda points: 1 / (1 + np.exp(-beyond(points))), {"threshold": 0.5}),
    "a score for each class": (lambda points: np.stack([-beyond(points), beyond(points)], axis=1), {}),
    "infinite scores": (lambda points: np.where(beyond(points) > 0, np.inf, -np.inf), {"threshold": 0}),
}


@pytest.mark.parametrize("rule", SAME_RULE)
def test_every_form_of_a_decision_gives_the_same_picture(rule):
    decide, options = SAME_RULE[rule]
    points, labels = two_classes()
    axes = one_plane(points, labels, decide, **options).axes[0]
    for found in borders(axes):
        (line,) = found.get_paths()
        cell = max(np.ptp(axes.get_xlim()), np.ptp(axes.get_ylim())) / regions._GRID
        assert np.abs(beyond(line.vertices)).max() < 3 * cell
    assert borders(axes)
    wrong = axes.lines[-1].get_xydata()
    np.testing.assert_array_equal(wrong, points[sides(points) != labels])


def test_points_have_the_color_and_the_marker_of_their_true_class():
    points, labels = three_classes()
    axes = one_plane(points, labels, nearness).axes[0]
    wrong = nearness(points).argmax(axis=1) != labels
    below, *_, rings = axes.lines
    above = axes.lines[3]
    for i, name in enumerate(("first", "second", "third")):
        for line, drawn in [(axes.lines[i], ~wrong), (axes.lines[3 + i], wrong)]:
            np.testing.assert_array_equal(line.get_xydata(), points[drawn & (labels == i)])
            assert (line.get_color(), line.get_marker()) == (STYLES[name].color, STYLES[name].marker)
    assert below.zorder < rings.zorder < above.zorder


@pytest.mark.parametrize("decide", [nearness, lambda points: nearness(points).argmax(axis=1)], ids=["scores", "numbers"])
def test_three_regions_are_shaded_each_in_the_tint_of_its_class(decide):
    points, labels = three_classes(3)
    figure = one_plane(points, labels, decide)
    axes = figure.axes[0]
    looks = {i: STYLES[name] for i, name in enumerate(("first", "second", "third"))}
    tints = regions._tints(looks)
    low, high = np.array([axes.get_xlim(), axes.get_ylim()]).T
    places = low + (high - low) * np.random.default_rng(0).uniform(0.05, 0.95, size=(200, 2))
    ordered = np.sort(nearness(places), axis=1)
    free = (ordered[:, 2] - ordered[:, 1] > 0.5) & (np.abs(points[:, None] - places).max(axis=-1) > 0.3).all(axis=0)
    places = places[free]
    expected = 255 * np.array([tints[one] for one in nearness(places).argmax(axis=1)])
    assert len(places) > 100
    assert np.abs(colors_at(figure, axes, places) - expected).max() <= 1


def test_no_two_tints_are_alike_for_any_reader_nor_in_grey():
    looks = {i: STYLES[name] for i, name in enumerate(("first", "second", "third"))}
    tints = regions._tints(looks)
    for vision in VISION.values():
        for one, other in itertools.combinations(tints.values(), 2):
            assert np.linalg.norm(lab(one, vision) - lab(other, vision)) > 10
            assert abs(lab(one, VISION["ordinary"])[0] - lab(other, VISION["ordinary"])[0]) > 3


def test_share_axes_shows_the_same_part_of_the_plane():
    panels = {"near": (*two_classes(), sides), "far": (*two_classes(shift=20), sides)}
    shared = plots.decision_regions(panels, "ink", "width")
    assert len({axes.get_xlim() + axes.get_ylim() for axes in shared.axes}) == 1
    alone = plots.decision_regions(panels, "ink", "width", share_axes=False)
    assert len({axes.get_xlim() + axes.get_ylim() for axes in alone.axes}) == 2
    for figure in (shared, alone):
        for axes, (points, _, _) in zip(figure.axes, panels.values(), strict=True):
            low, high = np.array([axes.get_xlim(), axes.get_ylim()]).T
            assert (points > low).all() and (points < high).all()
    assert "on the same axes" in shared.description and "on the same axes" not in alone.description


def test_the_legend_names_the_classes_and_the_ring_only_where_there_is_one():
    points, labels = two_classes()
    for truth, wrong in [(labels, True), (sides(points), False)]:
        figure = one_plane(points, truth, sides, class_names={0: "digit 0", 1: "digit 1"})
        named = [text.get_text() for text in figure.legends[0].get_texts()]
        assert named == ["digit 0", "digit 1"] + ["in the wrong region"] * wrong


def test_regions_are_described():
    points, labels = [[0, 0], [1, 0], [0, 1], [1, 1]], [-1, 1, -1, 1]
    text = one_plane(points, labels, lambda points: np.where(points[:, 1] > 0.5, 1, -1),
                     class_names={-1: "even", 1: "odd"}).description
    assert "x: ink. y: width. raw: 4 points, 2 of even, 2 of odd; ≈ 2 in the wrong region." in text
    assert "even on ≈ 50 %, odd on ≈ 50 %." in text


@pytest.mark.parametrize("points, labels, decide", [
    ([[1, 1]], [0], lambda points: np.zeros(len(points), int)),
    ([[1, 1]], [0], lambda points: np.full(len(points), 2)),
    ([[1, 1], [1, 1]], [0, 1], lambda points: np.zeros((len(points), 3))),
    (*two_classes(), lambda points: points.sum(axis=1) * 0 + 1),
], ids=["one point", "another class", "ties", "one region"])
def test_there_may_be_one_class_or_one_region(points, labels, decide):
    figure = one_plane(points, labels, decide)
    assert len(areas(figure.axes[0])) <= 1 and borders(figure.axes[0]) == []
    png(figure)


def test_decide_does_not_see_the_callers_points():
    points, labels = two_classes()
    before = points.copy()

    def spoil(given):
        given[:] = 0
        return np.zeros(len(given), int)

    one_plane(points, labels, spoil)
    np.testing.assert_array_equal(points, before)


# ---- Bad input ----------------------------------------------------------------------------------

POINTS, LABELS = two_classes(6)


def bad_map(entry):
    return lambda: plots.loss_contours({"raw": entry}, **AXES)


def bad_plane(*entry, **options):
    return lambda: plots.decision_regions({"raw": entry}, "ink", "width", **options)


@pytest.mark.parametrize("call, error, message", [
    (lambda: plots.loss_contours([], **AXES), TypeError, "panels: expected a dict of title: .*, got list"),
    (lambda: plots.loss_contours({}, **AXES), ValueError, "panels: expected at least one entry"),
    (lambda: plots.loss_contours({i: (GRID, GRID, bowl(ROUND), {}) for i in "abcd"}, **AXES), ValueError,
     "panels: expected at most 3, got 4"),
    (bad_map((GRID, GRID, bowl(ROUND))), TypeError, r"panels\['raw'\]: expected \(x .*, got 3 of them"),
    (bad_map([GRID, GRID]), TypeError, r"panels\['raw'\]: expected \(x .*, got list"),
    (bad_map((GRID, GRID[:-1], bowl(ROUND), {})), ValueError,
     r"loss: expected shape \(Y, X\) = \(120, 121\), got \(121, 121\)"),
    (bad_map((GRID[::-1], GRID, bowl(ROUND), {})), ValueError, r"panels\['raw'\] x: expected .* increase"),
    (bad_map((GRID, [0], [[1] * 121], {})), ValueError, r"y: expected at least two finite numbers .* got \[0.0\]"),
    (bad_map((GRID, GRID, bowl(ROUND)[0], {})), ValueError, r"loss: expected numbers of shape \(Y, X\)"),
    (bad_map((GRID, GRID, bowl(ROUND) * np.nan, {})), ValueError, "at least one finite number, got none"),
    (bad_map((GRID, GRID, bowl(ROUND), [1])), TypeError, "paths: expected a dict of label: .*, got list"),
    (bad_map((GRID, GRID, bowl(ROUND), {"first": [1, 2]})), ValueError, r"paths\['first'\]: .* shape \(T, 2\)"),
    (bad_map((GRID, GRID, bowl(ROUND), {"first": [[1, 2, 3]]})), ValueError,
     r"paths\['first'\]: expected shape \(T, 2\), got \(1, 3\)"),
    (bad_map((GRID, GRID, bowl(ROUND), {"mine": [[1, 2]]})), ValueError, "no style is known for 'mine'"),
    (lambda: plots.decision_regions({}, "x", "y"), ValueError, "panels: expected at least one entry"),
    (lambda: plots.decision_regions({i: (POINTS, LABELS, sides) for i in "abcde"}, "x", "y"), ValueError,
     "panels: expected at most 4, got 5"),
    (bad_plane(POINTS, LABELS), TypeError, r"expected \(points .*, got 2 of them"),
    (bad_plane(POINTS[:, :1], LABELS, sides), ValueError, r"points: expected finite .* \(N, 2\), got \(6, 1\)"),
    (bad_plane(POINTS * np.nan, LABELS, sides), ValueError, "points: expected finite numbers"),
    (bad_plane(POINTS, LABELS[:-1], sides), ValueError, r"labels: expected 6 whole numbers, .* got shape \(5,\)"),
    (bad_plane(POINTS, LABELS + 0.5, sides), ValueError, "labels: expected 6 whole numbers"),
    (bad_plane(POINTS, np.full(6, np.inf), sides), ValueError, "labels: expected 6 whole numbers"),
    (bad_plane(POINTS, ["a"] * 6, sides), TypeError, "labels: expected numbers"),
    (bad_plane(POINTS, LABELS, 1), TypeError, "decide: expected a function of points .*, got int"),
    (bad_plane(POINTS, LABELS, lambda points: 1), ValueError, r"decide: expected class numbers .* got shape \(\)"),
    (bad_plane(POINTS, LABELS, lambda points: points[:9]), ValueError, r"decide: .* got shape \(9, 2\)"),
    (bad_plane(POINTS, LABELS, beyond), ValueError, "decide: expected whole class numbers .* give threshold"),
    (bad_plane(POINTS, LABELS, lambda points: beyond(points) * np.inf), ValueError,
     "decide: expected whole class numbers .* give threshold"),
    (bad_plane(POINTS, LABELS, lambda points: points * np.nan), ValueError, "decide: .*, got NaN"),
    (bad_plane(POINTS, LABELS, lambda points: np.full(len(points), "a")), ValueError, "decide: .*, got an array of <U1"),
    (bad_plane(*three_classes(6), beyond, threshold=0), ValueError, r"two classes.*threshold is given, got \[0, 1, 2\]"),
    (bad_plane(POINTS, LABELS, sides, class_names="ab"), TypeError, "class_names: expected names, .* got str"),
    (bad_plane(POINTS, LABELS, sides, class_names=[0, 1]), TypeError, "class_names: expected number: text, got 0: 0"),
    (bad_plane(POINTS, LABELS, sides, class_names={"0": "zero"}), TypeError, "number: text, got '0': 'zero'"),
    (bad_plane(POINTS, LABELS, sides, class_names=["zero"]), ValueError, r"class_names: .* got none for \[1\]"),
    (bad_plane(POINTS, np.arange(6), lambda points: np.full(len(points), 7)), ValueError, "at most 6 classes"),
    (bad_plane(POINTS, LABELS, sides, class_names=["zero", "one"], styles={"zero": "bach"}), ValueError,
     "no style is known for 'bach'"),
])
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
