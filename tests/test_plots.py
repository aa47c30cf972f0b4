"""The figures: what is drawn is what was given, it can be read, and its description is always the same."""

import base64
import functools
import io
import itertools
import subprocess
import sys

import matplotlib
import nbformat
import numpy as np
import pytest
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.colors import to_hex, to_rgb
from nbclient import NotebookClient
from PIL import Image

from helpers import nn, plots
from helpers.plots import progress_bar
from helpers.plots.output import png
from helpers.plots.style import FAMILIES, STYLES, approximately, contrast_on_white, number, spread
from tests.figures import assert_described, assert_text_fits, compared, visible_texts

LABELS = {"x_label": "training step", "y_label": "test accuracy"}
X, DY = [1.0, 2.0, 6.0], [1.1, -0.9, 1.6]
CHANNEL = np.random.default_rng(0).gamma(1.5, size=60) + 2


def saturating(seeds, count, rate=0.2, top=0.98):
    """An accuracy curve as training gives it: (steps (T,), values (seeds, T))."""
    rng = np.random.default_rng(seeds * 1000 + count)
    steps = np.linspace(0, 50_000, count)
    mean = 0.1 + (top - 0.1) * (1 - np.exp(-steps / 50_000 / rate))
    return steps, mean + rng.normal(scale=0.005, size=(seeds, count))


def percentiles(count, width):
    middle = np.sin(np.linspace(0, 6, count)) * width
    return np.linspace(0, 50_000, count), middle[:, None] + width * np.array([-1, 0, 1])


def samples(count, scale, size=500):
    return np.random.default_rng(count).normal(scale=scale, size=(count, size))


TITLE = "MNIST, three hidden layers of 100 sigmoids, batches of 60, with batch normalization and without it"

# Each kind of figure with little, ordinary and much data.
FIGURES = {
    "curves, one": lambda: plots.learning_curves({"batch": saturating(1, 1)}, **LABELS),
    "curves, two": lambda: plots.learning_curves(
        {"with batch normalization": saturating(10, 50), "without": saturating(10, 50, 0.5)},
        title=TITLE, **LABELS,
    ),
    "curves, six alike": lambda: plots.learning_curves(
        {name: saturating(3, 200, top=0.97 + i / 1000) for i, name in enumerate(FAMILIES[0][:6])},
        y_limits=(0, 1), **LABELS,
    ),
    "curves, six of many seeds": lambda: plots.learning_curves(
        {name: saturating(40, 20, top=0.5 + i / 20) for i, name in enumerate(FAMILIES[0][:6])}, **LABELS,
    ),
    "curves, closer": lambda: plots.learning_curves(
        {"with batch normalization": saturating(10, 50), "without": saturating(10, 50, 0.5)},
        zoom=(0.9, 1), title="Closer", **LABELS,
    ),
    "curves, live": lambda: plots.learning_curves(
        {"batch, train": saturating(3, 12), "batch, validation": saturating(3, 12, top=0.95)},
        live={"batch, train": ([0, 1000], [0.1, 0.5])}, **LABELS,
    ),
    "curves, logarithmic": lambda: plots.learning_curves(
        {"validation": (range(1, 13), 10 ** (7 * saturating(60, 12)[1] - 1))}, log_x=True, log_y=True, unit="data set",
        **LABELS,
    ),
    "percentiles": lambda: plots.percentile_bands(
        {"without": percentiles(50, 5), "with batch normalization": percentiles(50, 1)},
        x_label="training step", y_label="input of one sigmoid", title=TITLE,
    ),
    "activations": lambda: plots.activation_histograms(
        {name: {f"layer {i}": samples(i, scale) for i in (1, 2, 3)} for name, scale in
         {"without": 4, "with batch normalization": 1}.items()},
        x_label="input of the sigmoids", show_std=True, title=TITLE,
    ),
    "activations, six": lambda: plots.activation_histograms(
        {"plain": {f"layer {i}": samples(i, i) for i in range(1, 7)}}, x_label="input"
    ),
    "pictures": lambda: plots.pictures(
        samples(10, 1, 784).reshape(10, 28, 28), [f"digit {i}" for i in range(10)]
    ),
    "pictures, three": lambda: plots.pictures(
        np.eye(28)[None].repeat(3, axis=0), ["before", "after local response normalization", "difference"],
        title=TITLE, scale=(0, 1),
    ),
    "projection": lambda: plots.projection(X, DY),
    "projection, inwards": lambda: plots.projection(X, [1.9, 0.3, 0.5], title=TITLE),
    "projection, a mean below 0": lambda: plots.projection(X, [-1, -2, 0]),
    "projection, of mean 0 and along x": lambda: plots.projection([0, 1, 2], [-1, 0, 1]),
    "projection, against x": lambda: plots.projection([0, 1, 2], [2, 1, 0]),
    "projection, mostly mean": lambda: plots.projection(X, [5, 5, 5.5]),
    "projection, already on the tangent": lambda: plots.projection([0, 1, 2], [1, -2, 1]),
    "steps": lambda: plots.normalization_steps(CHANNEL, gamma=1.5, beta=-1),
    "steps, three values": lambda: plots.normalization_steps(X, gamma=0.5, beta=1, title=TITLE),
    "steps, far away": lambda: plots.normalization_steps(40 + 20 * samples(1, 1, 200)[0], gamma=1, beta=0),
    "steps, hardly any variance": lambda: plots.normalization_steps(CHANNEL / 30, gamma=0.123, beta=-0.456),
    "points": lambda: plots.points(
        {"with batch normalization": saturating(10, 1)[1][:, 0], "without": [0.5]},
        y_label="accuracy", title=TITLE,
    ),
    "points, seven": lambda: plots.points({name: [1, 2, 3] for name in FAMILIES[0]}, y_label="seconds"),
    "stations": lambda: plots.stations(
        {"first": [0.97, 0.97, 0.0], "second": [0.95, 0.15, 0.12]},
        places=["training rows, training mode", "training rows, inference mode", "other rows, inference mode"],
        y_label="accuracy", y_limits=(0, 1), title=TITLE,
    ),
    "stations, two": lambda: plots.stations({"batch": [1, 2]}, places=["before", "after"], y_label="seconds"),
}


@functools.cache
def drawn(kind):
    return FIGURES[kind]()


@pytest.mark.parametrize("kind", FIGURES)
def test_all_text_is_on_the_canvas_and_none_overlaps(kind):
    assert_text_fits(drawn(kind))


@pytest.mark.parametrize("kind", FIGURES)
def test_text_is_large_and_dark_enough_for_the_last_row(kind):
    for text in visible_texts(drawn(kind)):
        assert text.get_fontsize() >= 14, text
        assert contrast_on_white(text.get_color()) >= 4.5, text


@pytest.mark.parametrize("kind", FIGURES)
def test_a_figure_is_a_small_opaque_picture_with_white_corners(kind):
    data = png(drawn(kind))
    picture = Image.open(io.BytesIO(data))
    assert len(data) < 80_000
    assert picture.width == 950
    assert "transparency" not in picture.info
    corners = itertools.product((0, picture.width - 1), (0, picture.height - 1))
    assert {picture.convert("RGB").getpixel(corner) for corner in corners} == {(255, 255, 255)}


@pytest.mark.parametrize("kind", FIGURES)
def test_descriptions_are_the_same_every_time_and_name_no_address(kind):
    assert_described(drawn(kind), FIGURES[kind]())


def test_the_standard_deviation_is_written_into_each_panel_where_it_is_asked_for():
    layers = {"plain": {"layer 1": [-2.0, 2.0], "layer 2": [-0.5, 0.5]}}
    for asked, written in [(True, ["std ≈ 2", "std ≈ 0.5"]), (False, [])]:
        figure = plots.activation_histograms(layers, x_label="x", show_std=asked)
        assert [text.get_text() for axes in figure.axes for text in axes.texts] == written


def test_measured_numbers_in_descriptions_differ_only_behind_the_sign():
    """Change the data a little: what nbval compares of the description stays."""

    def text(offset):
        steps, values = saturating(10, 50)
        figure = plots.learning_curves({"batch": (steps, values + offset)}, **LABELS)
        bands = plots.percentile_bands({"batch": (steps, values[:3].T + offset)}, **LABELS)
        layers = plots.activation_histograms(
            {"batch": {"first": samples(2, 1 + offset)}}, x_label="input"
        )
        groups = plots.points({"batch": values[:, 0] + offset}, y_label="accuracy")
        gallery = plots.pictures(samples(2, 1 + offset, 9).reshape(2, 3, 3), ["one", "two"])
        thin = [plots.learning_curves({name: (steps, values[:seeds] + offset) for name in FAMILIES[0][:4]}, **LABELS)
                for seeds in (3, 10)]
        vectors = plots.projection(X, np.array(DY) - offset * np.arange(3))
        rows = plots.normalization_steps(CHANNEL * (1 + offset), gamma=2, beta=1)
        figures = (figure, bands, layers, groups, gallery, *thin, vectors, rows)
        return " ".join(f.description for f in figures)

    assert text(0) != text(0.123)
    assert compared(text(0)) == compared(text(0.123))


def test_descriptions_name_the_axes_and_every_series():
    text = FIGURES["curves, live"]().description
    for part in ("training step", "test accuracy", "batch, train: median of 3 seeds", "batch, validation:",
                 "batch, train, live:", "12 points from 0 to 50,000"):
        assert part in text


def test_the_line_is_the_median_and_the_band_reaches_from_the_lowest_seed_to_the_highest():
    values = np.array([[0.1, 0.4], [0.2, 0.5], [0.9, 0.7]])
    axes = plots.learning_curves({"batch": ([0, 10], values)}, **LABELS).axes[0]
    band = axes.findobj(FillBetweenPolyCollection)[0].get_paths()[0].vertices
    assert {tuple(point) for point in band.round(9)} == {(0, 0.1), (0, 0.9), (10, 0.4), (10, 0.7)}
    lines = [line.get_ydata().tolist() for line in axes.lines]
    assert lines == [*values.tolist(), [0.2, 0.5]]


def test_many_seeds_are_not_drawn_one_by_one():
    assert len(plots.learning_curves({"batch": saturating(6, 5)}, **LABELS).axes[0].lines) == 1


def test_three_curves_have_bands_and_four_have_none():
    three, four = ({name: saturating(7, 5) for name in FAMILIES[0][:count]} for count in (3, 4))
    for curves, bands in ((three, 3), (four, 0), ({**three, "lrn": saturating(1, 5)}, 3)):
        figure = plots.learning_curves(curves, **LABELS)
        assert len(figure.axes[0].findobj(FillBetweenPolyCollection)) == bands
        assert figure.description.count("with a band from") == bands


@pytest.mark.parametrize("seeds, note", [(10, "thin lines: single seeds"), (11, "thin lines: quartiles")])
def test_more_than_three_curves_show_their_seeds_or_the_quartiles_of_many_as_thin_lines(seeds, note):
    curves = {name: saturating(seeds, 5) for name in FAMILIES[0][:4]}
    figure = plots.learning_curves(curves, **LABELS)
    thin = [line for line in figure.axes[0].lines if line.get_linewidth() < 2]
    thick = [line for line in figure.axes[0].lines if line.get_linewidth() >= 3]
    for i, (name, (_, values)) in enumerate(curves.items()):
        its = [line.get_ydata() for line in thin if line.get_color() == STYLES[name].color]
        np.testing.assert_array_equal(its, values if seeds == 10 else np.percentile(values, [25, 75], axis=0))
        np.testing.assert_array_equal(thick[i].get_ydata(), np.median(values, axis=0))
    assert figure.get_supxlabel() == f"line: median of {seeds} seeds; {note}"
    shown = "with a thin line for each seed" if seeds == 10 else "with thin lines at the quartiles"
    assert figure.description.count(f"median of {seeds} seeds, {shown}, 5 points") == 4


def test_a_diverged_seed_leaves_gaps_in_thin_lines_and_no_warning():
    values = np.full((12, 3), [1.0, 2.0, 3.0])
    values[4, 1] = np.nan
    for seeds in (5, 12):
        figure = plots.learning_curves({name: ([0, 1, 2], values[:seeds]) for name in FAMILIES[0][:4]}, **LABELS)
        gaps = [np.isnan(line.get_ydata()).tolist() for line in figure.axes[0].lines]
        assert gaps.count([False, True, False]) == 4 * (2 if seeds == 5 else 3)
        assert not any(gap[0] or gap[2] for gap in gaps)


@pytest.mark.parametrize("unit", ["seed", "data set"])
def test_what_is_no_seed_is_called_by_its_name_in_the_note_and_in_the_description(unit):
    named = {} if unit == "seed" else {"unit": unit}
    curves = plots.learning_curves({"batch": saturating(3, 5)}, **LABELS, **named)
    groups = plots.points({"batch": [3.0, 1.0], "without": [2.0]}, y_label="seconds", **named)
    notes = [figure.get_supxlabel() for figure in (curves, groups)]
    assert notes == [f"line: median of 3 {unit}s; band: lowest to highest; thin: each {unit}",
                     f"a point: one {unit}; bar: median"]
    assert f"batch: median of 3 {unit}s, with a band" in curves.description
    for part in (f"Points, one for each {unit}, with", f"batch: 2 {unit}s, median", f"without: 1 {unit}, median"):
        assert part in groups.description


def test_a_logarithmic_y_axis_of_less_than_two_powers_of_ten_has_ticks_between_them():
    figure = plots.learning_curves({"first": ([1, 2, 3], [[27, 8, 1.6]])}, **LABELS, log_y=True)
    low, high = figure.axes[0].get_ylim()
    assert [tick for tick in figure.axes[0].get_yticks() if low <= tick <= high] == [2, 5, 10, 20]


def test_a_logarithmic_y_axis_has_whole_powers_of_ten_and_is_named_in_the_description():
    values = [[0.2, 3.0, 3e5], [0.3, 4.0, 1e6]]
    figure = plots.learning_curves({"batch": ([0, 1, 2], values)}, **LABELS, log_y=True)
    axes = figure.axes[0]
    assert axes.get_yscale() == "log" and axes.lines[0].get_ydata().tolist() == values[0]
    low, high = axes.get_ylim()
    shown = [tick.get_text() for tick, at in zip(axes.get_yticklabels(), axes.get_yticks(), strict=True)
             if low <= at <= high]
    assert set(shown) <= {"0.1", "1", "10", "100", "1,000", "10,000", "100,000", "1,000,000"} and len(shown) > 2
    assert f"y: {LABELS['y_label']} (logarithmic)." in figure.description


def test_a_diverged_seed_leaves_a_gap_and_no_warning():
    values = np.array([[0.1, 0.4, np.nan], [0.2, 0.5, 0.6]])
    figure = plots.learning_curves({"batch": ([0, 1, 2], values)}, **LABELS)
    assert np.isnan(figure.axes[0].lines[-1].get_ydata()[-1])
    assert "≈ nan" in figure.description
    plots.learning_curves({"batch": ([0, 1], np.full((2, 2), np.nan))}, **LABELS)


def test_percentile_bands_draw_the_three_columns_on_one_scale():
    steps, values = percentiles(20, 3)
    figure = plots.percentile_bands({"without": (steps, values), "batch": (steps, values / 9)}, **LABELS)
    drawn = [line.get_ydata() for line in figure.axes[0].lines]
    np.testing.assert_array_equal(np.array(drawn).T, values)
    assert figure.axes[0].get_ylim() == figure.axes[1].get_ylim()


def test_points_are_the_values_and_the_bar_their_median():
    axes = plots.points({"batch": [3.0, 1.0, 2.5]}, y_label="seconds").axes[0]
    seeds, bar = axes.lines
    assert seeds.get_ydata().tolist() == [3.0, 1.0, 2.5]
    assert bar.get_ydata().tolist() == [2.5, 2.5]
    assert len(set(seeds.get_xdata())) == 3


def test_stations_are_the_values_in_their_order():
    figure = plots.stations({"batch": [3.0, 1.0, 2.5]}, places=["a", "b", "c"], y_label="seconds")
    (line,) = figure.axes[0].lines
    assert (line.get_xdata().tolist(), line.get_ydata().tolist()) == ([0, 1, 2], [3.0, 1.0, 2.5])
    assert [tick.get_text() for tick in figure.axes[0].get_xticklabels()] == ["a", "b", "c"]
    assert "Lines through 3 places: a; b; c." in figure.description
    assert "batch: ≈ 3, ≈ 1, ≈ 2.5." in figure.description


def test_a_level_is_a_line_across_and_named_in_the_description():
    figure = plots.points({"batch": [3.0, 1.0]}, y_label="gain", level=0)
    assert figure.axes[0].lines[0].get_ydata() == [0, 0]
    assert "A line across at 0." in figure.description
    assert "line across" not in plots.points({"batch": [3.0, 1.0]}, y_label="gain").description


def test_pictures_share_one_scale():
    figure = plots.pictures([[[0, 1]], [[4, 2]]], ["a", "b"])
    assert [image.get_clim() for axes in figure.axes for image in axes.images] == [(0, 4), (0, 4)]


# Vectors and steps


def arrows(kind):
    """name -> (from, to) of every arrow in the drawing."""
    return {text.get_gid(): (np.array(text.xyann), np.array(text.xy)) for text in drawn(kind).axes[0].texts
            if text.get_gid()}


@pytest.mark.parametrize("kind, x, dy", [("projection", X, DY), ("projection, inwards", X, [1.9, 0.3, 0.5]),
                                         ("projection, a mean below 0", X, [-1, -2, 0])])
def test_the_projection_draws_the_real_backward_pass(kind, x, dy):
    x, dy = np.array(x), np.array(dy, dtype=float)
    layer = nn.BatchNormalization(epsilon=1e-12)
    layer(x[:, None], training=True)
    real = layer.backward(dy[:, None])[:, 0] * x.std()
    formula = dy - dy.mean() - (x - x.mean()) / x.var() * ((x - x.mean()) * dy).mean()
    np.testing.assert_allclose(real, formula, atol=1e-6)

    drawn_as = arrows(kind)
    (begin, tip), (at, end) = drawn_as["x_hat"], drawn_as["dx"]
    circle = drawn(kind).axes[0].patches[0]
    np.testing.assert_allclose(circle.center, begin)
    np.testing.assert_allclose([circle.radius, np.linalg.norm(tip - begin)], np.sqrt(3))
    np.testing.assert_array_equal(at, tip)
    np.testing.assert_allclose((end - at) @ (tip - begin), 0, atol=1e-12)
    up = (x - x.mean()) / x.std() / np.sqrt(3)
    right = formula / np.linalg.norm(formula)
    start, whole = drawn_as["dy"]
    scale = np.linalg.norm(whole - start) / np.linalg.norm(dy)
    np.testing.assert_allclose(end - at, [scale * np.linalg.norm(formula), 0], atol=1e-9)
    at, end = drawn_as["dy in the plane"]  # the later of two of this name: on the right
    np.testing.assert_array_equal(at, tip)
    np.testing.assert_allclose(end - at, scale * np.array([right @ dy, up @ dy]), atol=1e-9)
    length = np.linalg.norm(dy - dy.mean())
    np.testing.assert_allclose(whole - start, scale * np.array([length, np.sqrt(3) * dy.mean()]), atol=1e-9)
    assert drawn(kind).axes[0].get_aspect() == 1


def test_what_is_zero_has_no_arrow_and_is_said_to_be():
    along = arrows("projection, of mean 0 and along x")
    assert "dx" not in along and "dy" not in along
    texts = [text.get_text() for text in drawn("projection, of mean 0 and along x").axes[0].texts]
    assert "dx = 0: nothing\ngets through" in texts and "dy: its mean is 0" in texts
    assert not any("shift" in text and "removed" in text for text in texts)
    assert "dx without the factor: (≈ 0, ≈ 0, ≈ 0)." in drawn("projection, of mean 0 and along x").description
    tangent = arrows("projection, already on the tangent")
    assert "dx" in tangent and not any("stretch" in text.get_text() and "removed" in text.get_text()
                                       for text in drawn("projection, already on the tangent").axes[0].texts)


def test_the_projection_says_in_words_what_is_removed():
    text = drawn("projection").description
    for part in ("the mean of dy, ≈ 0.6, is removed", "the part along x̂, ≈ 0.54 times x̂, is removed",
                 "dx, along the tangent of the circle, is what gets through", "dy: (≈ 1.1, ≈ -0.9, ≈ 1.6)."):
        assert part in text


def test_steps_are_the_layers_own_on_one_number_line_with_one_example_followed():
    figure = drawn("steps")
    axes = figure.axes[0]
    x_hat = nn.normalize(CHANNEL, (0,), 1e-3).x_hat
    rows = [CHANNEL, x_hat, 1.5 * x_hat - 1]
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    *clouds, followed = dots
    for cloud, values in zip(clouds, rows, strict=True):
        np.testing.assert_array_equal(cloud.get_xdata(), values)
    (place,) = {int(np.flatnonzero(values == at)[0])
                for values, at in zip(rows, followed.get_xdata(), strict=True)}
    np.testing.assert_array_equal(followed.get_ydata(), [cloud.get_ydata()[place] for cloud in clouds])
    bars = [line.get_xdata() for line in axes.lines if line.get_linewidth() == 5]
    np.testing.assert_allclose(bars, [[v.mean() - v.std(), v.mean() + v.std()] for v in rows])
    low, high = axes.get_xlim()
    assert low <= min(map(np.min, [*rows, *bars])) and max(map(np.max, [*rows, *bars])) <= high
    said = [text.get_text() for text in axes.texts]
    assert "mean 0\nstd 1" in said and "mean β = −1\nstd γ = 1.5" in said
    for part in ("with γ = 1.5 and β = −1.", "x̂: mean ≈ 0, standard deviation ≈ ", "the 60 values of one channel"):
        assert part in figure.description


def test_no_two_dots_of_a_row_lie_on_each_other():
    axes = drawn("steps").axes[0]
    low, high = axes.get_xlim()
    for cloud in [line for line in axes.lines if line.get_marker() == "o"][:-1]:
        for (x, y), (other, its) in itertools.combinations(cloud.get_xydata(), 2):
            assert y != its or abs(x - other) >= (high - low) / 70


def test_where_epsilon_is_not_small_the_standard_deviation_is_not_called_gamma():
    said = " ".join(text.get_text() for text in drawn("steps, hardly any variance").axes[0].texts)
    assert "γ =" not in said and "std 0.0" not in said.split("y =")[0].split("x̂")[1]


# One look


def test_a_method_has_the_same_color_in_every_figure():
    blue = STYLES["batch"].color.lower()
    curve = plots.learning_curves({"with batch normalization": saturating(1, 5)}, **LABELS)
    band = plots.percentile_bands({"Batch normalization": percentiles(5, 1)}, **LABELS)
    group = plots.points({"BN": [1, 2]}, y_label="seconds")
    mine = plots.points({"BN, fast": [1, 2]}, y_label="seconds", styles={"BN, fast": "batch"})
    for figure in (curve, band, group, mine):
        assert to_hex(figure.axes[0].lines[0].get_color()) == blue


def test_the_data_set_says_the_line_style_and_the_method_the_color():
    train, validation = plots.style("batch, train"), plots.style("batch, validation")
    assert (train.linestyle, validation.linestyle) == ("-", "--")
    assert train.color == validation.color == STYLES["batch"].color


@pytest.mark.parametrize("label", ["bach", "bach, train", "batch, trian", ""])
def test_an_unknown_name_is_refused_with_the_known_ones(label):
    with pytest.raises(ValueError, match="no style is known for .*Known: plain, batch, .*without"):
        plots.style(label)


# Machado, Oliveira & Fernandes (2009), severity 1.0, for linear RGB.
VISION = {
    "ordinary": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}


def lab(color, vision):
    """CIE L*a*b* of a colour as it is seen with this vision (sRGB, D65)."""
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(vision @ linear, 0, 1)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(to_xyz @ linear / (0.9505, 1.0, 1.089))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family[-1])
def test_styles_used_together_differ_for_every_reader(family, vision):
    for one, other in itertools.combinations(family, 2):
        distance = np.linalg.norm(
            lab(STYLES[one].color, VISION[vision]) - lab(STYLES[other].color, VISION[vision])
        )
        assert distance > 12, (one, other, distance)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family[-1])
def test_styles_used_together_differ_without_color(family):
    assert len({STYLES[name].marker for name in family}) == len(family)


def test_every_color_stands_out_from_white():
    for name, look in STYLES.items():
        assert contrast_on_white(look.color) > 2, name
        assert contrast_on_white(look.text_color) >= 4.5, name


FAINT = {"rms", "lrn", "early stopping", "fifth"}  # Okabe and Ito's orange and sky blue; none may be added


def test_every_line_but_the_known_faint_ones_has_a_contrast_of_3_on_white():
    assert {name for name, look in STYLES.items() if contrast_on_white(look.color) < 3} == FAINT


def test_matplotlib_keeps_the_users_settings_and_the_figure_does_not_take_them():
    with matplotlib.rc_context({"font.size": 3, "figure.facecolor": "black", "axes.grid": True}):
        before = dict(matplotlib.rcParams)
        figure = FIGURES["curves, two"]()
        data = png(figure)
        assert dict(matplotlib.rcParams) == before
    assert data == png(FIGURES["curves, two"]())


def test_pyplot_is_not_imported():
    code = "import sys; from helpers import plots; plots.points({'batch': [1]}, y_label='y'); " \
           "assert not {'matplotlib.pyplot', 'IPython', 'tensorflow'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_labels_are_spread_as_little_as_needed():
    assert spread([10, 50], [10, 10], 0, 100) == [10, 50]
    assert spread([95, 99, 99], [10, 10, 10], 0, 100) == [75, 85, 95]
    assert spread([0, 1], [10, 10], 0, 100) == [5, 15]


@pytest.mark.parametrize("value, text", [
    (0.93456, "≈ 0.935"), (-2, "≈ -2"), (1.5e-7, "≈ 0.00000015"), (np.float32(0.1), "≈ 0.1"),
    (np.nan, "≈ nan"), (2.25e-44, "≈ 2.25e-44"),
])
def test_measured_numbers_are_written_without_an_exponent_down_to_a_trillionth(value, text):
    assert approximately(value) == text


def test_exact_numbers_mark_thousands():
    assert [number(50_000), number(-4), number(0.5)] == ["50,000", "−4", "0.5"]


# Bad input

STEPS, VALUES = [0, 1, 2], [[0.1, 0.2, 0.3]]


def curves(entry, **options):
    return lambda: plots.learning_curves({"batch": entry}, **LABELS, **options)


@pytest.mark.parametrize("call, error, message", [
    (lambda: plots.learning_curves([1], **LABELS), TypeError, "curves: expected a dict of .*, got list"),
    (lambda: plots.learning_curves({}, **LABELS), ValueError, "curves: expected at least one entry"),
    (curves(VALUES), TypeError, r"expected a pair .* got list"),
    (curves((STEPS, [1, 2, 3])), ValueError,
     r"curves\['batch'\] values: expected numbers of shape \(seeds, T\), got shape \(3,\)"),
    (curves(([0, 1], VALUES)), ValueError, "expected 3 steps.* got 2"),
    (curves(([0, 0, 1], VALUES)), ValueError, "steps that increase"),
    (curves((STEPS, [["a", "b", "c"]])), TypeError, "expected numbers"),
    (curves((STEPS, VALUES), log_x=True), ValueError, "steps above 0"),
    (curves((STEPS, [[0.1, 0, 0.3]]), log_y=True), ValueError,
     r"curves\['batch'\] values: expected values above 0, since log_y is set, got 0"),
    (curves((STEPS, VALUES), log_y=True, live={"batch": (STEPS, [1, 2, -3])}), ValueError,
     r"live\['batch'\] values: expected values above 0, since log_y is set, got −3"),
    (curves((STEPS, VALUES), y_limits=(1, 0)), ValueError, "low < high"),
    (curves((STEPS, VALUES), live={"batch": (STEPS, VALUES)}),
     ValueError, r"live\['batch'\] values: expected numbers of shape \(T,\), got shape \(1, 3\)"),
    (lambda: plots.percentile_bands({"batch": (STEPS, [[1, 2]] * 3)}, **LABELS), ValueError,
     r"expected shape \(T, 3\), got \(3, 2\)"),
    (lambda: plots.percentile_bands({"batch": (STEPS, [[1, 2, 3]] * 3)}, percentiles=(85, 50, 15), **LABELS),
     ValueError, "percentiles: expected three that increase"),
    (lambda: plots.activation_histograms({"batch": {"a": [np.nan]}}, x_label="x"), ValueError,
     "at least one finite number"),
    (lambda: plots.activation_histograms({"plain": {"a": [1]}, "batch": {"b": [1]}}, x_label="x"), ValueError,
     r"expected the layers \['a'\], got \['b'\]"),
    (lambda: plots.pictures(np.zeros((2, 3, 3)), ["one"]), ValueError, "titles: expected 2.*, got 1"),
    (lambda: plots.pictures(np.zeros((3, 3)), ["one"]), ValueError, r"shape \(n, H, W\), got shape \(3, 3\)"),
    (lambda: plots.points({"batch": []}, y_label="y"), ValueError, "got none"),
    (lambda: plots.stations({"batch": [1]}, places=["a"], y_label="y"), ValueError, "places: expected at least two"),
    (lambda: plots.stations({"batch": [1]}, places="ab", y_label="y"), ValueError, "got 'ab'"),
    (lambda: plots.stations({"batch": [1]}, places=["a", "b"], y_label="y"), ValueError, "expected 2 values, .* got 1"),
    (lambda: plots.projection("abc", DY), TypeError, "x: expected numbers"),
    (lambda: plots.projection([1, 2], DY), ValueError, r"x: expected three finite numbers, got \[1.0, 2.0\]"),
    (lambda: plots.projection(X, [1, 2, np.nan]), ValueError, "dy: expected three finite numbers"),
    (lambda: plots.projection([[1, 2, 3]], DY), ValueError, r"x: expected numbers of shape \(3,\), got shape \(1, 3\)"),
    (lambda: plots.projection([2, 2, 2], DY), ValueError, "x: expected three numbers that are not all alike"),
    (lambda: plots.projection(X, [0, 0, 0]), ValueError, "dy: expected three numbers that are not all alike"),
    (lambda: plots.normalization_steps([1, 2], gamma=1, beta=0), ValueError, "x: expected 3 to 200 finite .* got 2"),
    (lambda: plots.normalization_steps([1] * 4, gamma=1, beta=0), ValueError, "x: .* not all alike, got 4, all 1"),
    (lambda: plots.normalization_steps([1, 2, np.inf], gamma=1, beta=0), ValueError, "x: expected 3 to 200 finite"),
    (lambda: plots.normalization_steps(np.arange(201), gamma=1, beta=0), ValueError, "x: expected 3 to 200 .* got 201"),
    (lambda: plots.normalization_steps(X, gamma=0, beta=0), ValueError, "gamma: expected a number above 0, got 0"),
    (lambda: plots.normalization_steps(X, gamma=X, beta=0), TypeError, "gamma: expected a number, got list"),
    (lambda: plots.normalization_steps(X, gamma=1, beta=np.nan), ValueError, "beta: expected a finite number, got nan"),
    (lambda: plots.normalization_steps(X, gamma=1, beta=0, epsilon=-1), ValueError, "epsilon: expected 0 or .* got −1"),
    (lambda: plots.show(matplotlib.figure.Figure()), TypeError, "a figure made by helpers.plots, got Figure"),
])
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


# In a notebook


def run(*sources):
    """The outputs of these cells, one list a cell, from a fresh kernel."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    return [cell.outputs for cell in notebook.cells]


@pytest.fixture(scope="module")
def outputs():
    figure = "plots.points({'batch': [1, 2]}, y_label='seconds')"
    slow = "for i in plots.progress(range(4), 'training'):\n    time.sleep(0.3)\n    print(i)"
    return run("import time; from helpers import plots", f"plots.show({figure})", figure, slow)


def test_show_is_one_output_with_the_picture_and_its_description(outputs):
    (shown,) = outputs[1]
    figure = plots.points({"batch": [1, 2]}, y_label="seconds")
    assert shown.output_type == "display_data"
    assert shown.data["text/plain"] == figure.description
    assert base64.b64decode(shown.data["image/png"]) == png(figure)
    assert shown.metadata["image/png"]["alt"] == figure.description


def test_a_figure_at_the_end_of_a_cell_shows_itself_the_same_way(outputs):
    assert outputs[2] == outputs[1]


def test_progress_leaves_nothing_where_no_one_watches(outputs):
    assert "".join(output.get("text", "?") for output in outputs[3]) == "0\n1\n2\n3\n"
    assert {output.get("name") for output in outputs[3]} == {"stdout"}


def test_progress_is_silent_outside_ipython(capsys):
    assert list(plots.progress(iter("abc"), "training")) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")


class Watched:
    """A frontend: what its display was told, in order."""

    def __init__(self, monkeypatch):
        import IPython.display

        self.told = []
        self.clock = itertools.count(step=0.3)  # seconds between two items
        monkeypatch.setattr(progress_bar, "someone_watches", lambda: True)
        monkeypatch.setattr(progress_bar.time, "monotonic", lambda: next(self.clock))
        monkeypatch.setattr(IPython.display, "display", self.display)

    def display(self, data, **options):
        self.told.append(data)
        return self

    def update(self, data, **options):
        self.told.append(data)


def test_progress_for_a_person_counts_and_vanishes(monkeypatch):
    watched = Watched(monkeypatch)
    assert list(plots.progress(range(4), "<b>training")) == [0, 1, 2, 3]
    texts = [data.get("text/plain") for data in watched.told]
    assert texts == ["<b>training: 1 of 4", "<b>training: 2 of 4", "<b>training: 3 of 4", None]
    assert watched.told[-1] == {}
    assert "&lt;b&gt;training" in watched.told[0]["text/html"]


def test_progress_vanishes_when_the_loop_breaks_or_raises(monkeypatch):
    watched = Watched(monkeypatch)
    bar = plots.progress(iter(range(9)), "training")
    for _ in range(4):
        next(bar)
    bar.close()
    assert watched.told[0]["text/plain"] == "training: 1"
    assert watched.told[-1] == {}


def test_a_frontend_is_known_by_the_cell_it_names():
    ask = "print(progress_bar.someone_watches())\n"
    pretend = "get_ipython().parent_header['metadata']['cellId'] = 'a'\n"
    (printed,) = run("from helpers.plots import progress_bar\n" + ask + pretend + ask)
    assert "".join(output.text for output in printed) == "False\nTrue\n"


def test_few_places_on_a_logarithmic_axis_get_a_tick_each():
    rates = np.array([0.03, 0.1, 0.3, 1, 3, 10])
    figure = plots.learning_curves({"batch": (rates, np.ones((2, 6)))}, x_label="rate", y_label="y", log_x=True)
    assert np.allclose(figure.axes[0].get_xticks(), rates)


def test_percentile_bands_take_a_logarithmic_axis():
    steps, values = np.array([1, 10, 100]), np.tile([-1.0, 0.0, 1.0], (3, 1))
    figure = plots.percentile_bands({"batch": (steps, values)}, x_label="step", y_label="y", log_x=True)
    assert figure.axes[0].get_xscale() == "log"
    assert "step (logarithmic)" in figure.description
    with pytest.raises(ValueError, match="expected steps above 0"):
        plots.percentile_bands({"batch": (steps - 1, values)}, x_label="step", y_label="y", log_x=True)
