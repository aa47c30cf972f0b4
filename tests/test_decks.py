"""Decks without a browser: what stands on which slide, and what is refused. How it looks: browser/test_decks.py."""

import base64
import re
from xml.etree import ElementTree

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.authoring import AuthoringError, decks
from helpers.authoring.__main__ import main
from helpers.authoring.cell_html import code_cell, is_caption, markdown, plain_text, printed
from helpers.authoring.decks import page, slides_of, write_decks
from helpers.authoring.formulas import mathml
from helpers.authoring.levels import LECTURES
from helpers.authoring.notebook import write

FIGURE = base64.b64encode(bytes(16) + (950).to_bytes(4, "big") + (500).to_bytes(4, "big") + bytes(99)).decode()
WIDGET = new_output(
    "display_data", data={"application/vnd.jupyter.widget-view+json": {}, "text/plain": "VBox(children=(Slider(),))"}
)


def code(source, *outputs, slide=None, **metadata):
    if slide:
        metadata["slideshow"] = {"slide_type": slide}
    return new_code_cell(source, outputs=list(outputs), execution_count=1, metadata=metadata, id="the-code")


def text(source, slide=None):
    return new_markdown_cell(source, metadata={"slideshow": {"slide_type": slide}} if slide else {})


def section(title, level="lecture"):
    return new_markdown_cell(f"## {title}", metadata={"course": {"level": level, "minutes": 4}})


def said(line):
    return new_output("stream", name="stdout", text=line)


def figure(description="A curve that rises."):
    return new_output("display_data", data={"image/png": FIGURE, "text/plain": description})


def slides(*cells):
    title = new_markdown_cell("# A *title*\n\n**Lecture 47** · 30 min")
    imports = code("import numpy", slide="skip")
    imports.id = "the-imports"
    return slides_of(new_notebook(cells=[title, imports, *cells]), "03-made-up", 47)


def texts(*cells):
    """What each slide after the title's says."""
    return [" ".join(plain_text("".join(slide.parts)).split()) for slide in slides(*cells)[1:]]


# ---- Formulas -----------------------------------------------------------------------------------


def in_mathml(tex, display=False):
    return ElementTree.fromstring(mathml(tex, display=display))


@pytest.mark.parametrize(
    "tex", [r"\frac{a", "a}", r"\foo x", "x^", r"\left( a", "a & b", r"\boldsymbol\mu", r"\begin{gathered}a\\b\end{gathered}", " "]
)
def test_a_formula_that_would_come_out_wrong_is_refused(tex):
    with pytest.raises(ValueError):
        mathml(tex, display=False)


def test_a_formula_alone_is_displayed():
    assert in_mathml("x", display=True).get("display") == "block"
    assert in_mathml("x").get("display") == "inline"


@pytest.mark.parametrize("environment", ["aligned", "align", "align*"])
def test_columns_are_aligned_by_style(environment):
    cells = list(in_mathml(rf"\begin{{{environment}}}a&=b\\c&=d\end{{{environment}}}").iter("mtd"))
    assert [cell.get("style").split(";")[0] for cell in cells] == ["text-align: right", "text-align: left"] * 2


@pytest.mark.parametrize(
    "tex, letter", [(r"\mathcal S", "𝒮"), (r"\mathcal{S}", "𝒮"), (r"\mathbf w", "𝐰"), (r"\mathbb E", "𝔼")]
)
def test_letters_of_another_kind_are_letters_of_their_own(tex, letter):
    assert "".join(in_mathml(tex).itertext()) == letter


def test_a_single_upright_letter_stays_upright():
    assert in_mathml(r"\mathrm{E}").find(".//mtext").text == in_mathml(r"\mathrm E").find(".//mtext").text == "E"


@pytest.mark.parametrize(
    "tex, drawn", [(r"\overline{ab}", "bar"), (r"\underbrace{ab}_c", "bracket under"), (r"\overbrace{ab}^c", "bracket over")]
)
def test_what_goes_along_a_formula_is_drawn_by_the_style_sheet(tex, drawn):
    assert in_mathml(tex).find(f".//mrow[@class='{drawn}']") is not None
    assert not set("―⏞⏟") & set("".join(in_mathml(tex).itertext()))


def test_hats_are_close_and_primes_beside_their_letter():
    assert in_mathml(r"\hat x").find(".//mover").get("accent") == "true"
    primed = in_mathml("G_i'").find(".//msub")
    assert "".join(primed[0].itertext()) == "G′"


def test_limits_stand_under_sums_and_words_where_the_formula_stands_alone():
    for tex in (r"\max_i x", r"\sum_i x", r"\underbrace{\sum_i x}_y"):
        assert in_mathml(tex, display=True).find(".//munder") is not None
    assert in_mathml(r"\max_i x").find(".//munder") is None


@pytest.mark.parametrize(
    "tex, sign, space",
    [("1/2", "/", "0"), (r"\max(0)", "max", "0"), (r"\log p", "log", "0.167em"), ("|x|", "|", "0"), (r"\nabla L", "∇", "0")],
)
def test_spaces_are_tex_s(tex, sign, space):
    (operator, *_) = [element for element in in_mathml(tex).iter("mo") if element.text == sign]
    assert (operator.get("lspace"), operator.get("rspace")) == ("0", space)


@pytest.mark.parametrize("tex, form", [("a = -b", "prefix"), ("(-b)", "prefix"), ("a - b", None), ("|a| - b", None)])
def test_a_sign_is_told_from_a_difference(tex, form):
    (minus,) = [element for element in in_mathml(tex).iter("mo") if element.text == "−"]
    assert minus.get("form") == form


# ---- Text ---------------------------------------------------------------------------------------


def test_markdown_does_not_touch_a_formula():
    shown = markdown(r"$a_1*b_2*c_3$ and *one* $\|w\|_2$" "\n\n| $|a|$ | b |\n|---|---|\n| 1 | 2 |")
    assert shown.count("<math") == 3
    assert shown.count("<em>") == 1
    assert shown.count("<td>") == 2
    assert shown.count("<th>") == 2


@pytest.mark.parametrize(
    "source", ["`$a$`", "``a ` $b$``", "```\n$a$\n```", r"\$5 and \$6", "it costs $5, or $6", "$5 a\n\nb$"]
)
def test_what_is_no_formula_stays(source):
    assert "<math" not in markdown(source)
    assert "$" in markdown(source)


def test_a_displayed_formula_may_run_over_lines():
    shown = markdown("So\n\n$$\na\n- b\n= c\n$$\n\nand $$d$$.")
    assert shown.count('display="block"') == 2
    assert "<ul>" not in shown


def test_links_to_files_become_text_and_nothing_is_fetched():
    assert markdown("[notebook 04](04-name.ipynb#x), [data](../data/README.md)") == "<p>notebook 04, data</p>\n"
    assert 'href="https://arxiv.org"' in markdown("[paper](https://arxiv.org)")
    assert "<img" not in markdown('<img src="http://a.b/c.png">')
    with pytest.raises(ValueError, match="picture c.png"):
        markdown("![A curve](c.png)")


def test_a_prediction_is_set_apart_with_its_list():
    shown = markdown("Now.\n\n**Predict.** Which?\n\n- a\n- b")
    assert re.fullmatch(r'<p>Now\.</p>\s*<div class="prompt"><p><strong>Predict.*<ul>.*</ul>\s*</div>\s*', shown, re.DOTALL)
    assert "prompt" not in markdown("We **Predict.**")


@pytest.mark.parametrize("source, caption", [("*See it.*", True), ("**Predict.** What?", False), ("Text *so*", False)])
def test_a_caption_begins_in_italics(source, caption):
    assert is_caption(text(source)) is caption


# ---- Code and outputs ---------------------------------------------------------------------------


def test_code_is_coloured_and_what_it_printed_stands_under_it():
    shown = code_cell(code("x = 1 < 2", said("a < b\n  c")))
    assert '<pre class="code">' in shown
    assert '<pre class="printed">a &lt; b\n  c</pre>' in shown
    assert plain_text(shown).startswith("x = 1 < 2")


def test_a_result_is_shown_as_text():
    result = new_output("execute_result", data={"text/html": "<b>3</b>", "text/plain": "3"}, execution_count=1)
    assert '<pre class="printed">3</pre>' in code_cell(code("x", result))


def test_of_a_cell_that_draws_the_figure_is_shown_and_not_the_code():
    shown = code_cell(code("plots.show(f)", said("✓ L1.1 holds: it does"), figure('A "curve".')), "See it.")
    assert "plots" not in shown
    assert 'alt="A &quot;curve&quot;."' in shown
    assert "<figcaption>See it.</figcaption>" in shown
    assert "✓ </span><span>holds: it does" in shown


def test_a_tag_hides_the_code():
    shown = code_cell(code("claim(...)", said("✓ so"), tags=["remove-input"]))
    assert "claim" not in shown
    assert "so" in shown


def test_verdicts_are_text_and_columns_keep_their_places():
    shown = printed("\n  a  b\n\n  1  2\n✓ L47.1 holds: a < b\n✗ L47.2 does not hold here: c\n\n✓ ours\nlast\n")
    assert re.findall(r'<p class="verdict (\w+)"><span>(.) </span><span>(.*?)</span>', shown) == [
        ("holds", "✓", "holds: a &lt; b"), ("fails", "✗", "does not hold here: c"), ("holds", "✓", "ours"),
    ]
    assert re.findall(r'<pre class="printed">(.*?)</pre>', shown, re.DOTALL) == ["  a  b\n\n  1  2", "last"]


@pytest.mark.parametrize(
    "cell, message",
    [
        (new_code_cell("x = 1", id="the-code"), "has not been run, or its outputs were cleared"),
        (code("plots.show(f)"), "should show a figure"),
        (code("plots.explore(draw, n=[1, 2])", WIDGET), "should show a figure"),
        (code("sliders", WIDGET), "should show a figure"),
        (code("1 / 0", new_output("error", ename="E", evalue="v", traceback=[])), "raised E"),
        (code("plots.show(f)", figure("")), "without a description"),
    ],
)
def test_a_cell_that_cannot_be_shown_is_named_with_the_remedy(cell, message):
    with pytest.raises(AuthoringError, match=message) as refusal:
        slides(section("A"), cell)
    assert "03-made-up, cell the-code: " in str(refusal.value)
    assert "run: make notebooks NOTEBOOK=notebooks/03-made-up.ipynb" in str(refusal.value)


def test_sliders_beside_their_figure_are_left_out():
    assert "VBox" not in code_cell(code("plots.explore(draw, n=[1, 2])", figure(), WIDGET))


@pytest.mark.parametrize("source", ["## Why $\\foo$?", "$\\foo$"])
def test_a_formula_that_cannot_be_converted_is_named(source):
    cell = new_markdown_cell(source, metadata={"course": {"level": "lecture", "minutes": 1}}, id="the-cell")
    with pytest.raises(AuthoringError, match=r"03-made-up, cell the-cell: the formula \\foo cannot .*: \\foo is not known"):
        slides(section("A"), cell)


# ---- Slides -------------------------------------------------------------------------------------


def test_title_and_lecture_sections_are_shown_and_nothing_else():
    shown = slides(section("A"), text("told"), section("Exercise: B", "exercise"), text("done"), section("Lab: C", "lab"))
    assert [slide.label for slide in shown] == ["A title", "A"]
    title = plain_text("".join(shown[0].parts))
    assert title.endswith("Lecture 47")
    assert "30 min" not in title
    assert "numpy" not in "".join(part for slide in shown for part in slide.parts)


def test_slide_types_begin_continue_and_leave_out():
    assert texts(
        section("A"), text("one"), text("two", "fragment"), text("three", "subslide"), text("four", "slide"),
        text("five", "skip"), text("six", "notes"), text("seven"), section("B"), text("eight"),
    ) == ["A one two", "A three", "A four seven", "B eight"]


def test_the_question_heads_a_section_and_is_repeated_small():
    first, second = slides(section("Why $x$?"), text("a"), text("b", "slide"))[1:]
    assert "<h2>Why <math" in first.parts[0]
    assert second.parts[0].startswith('<p class="again">Why <math')
    assert second.label == "Why x?"


def test_a_heading_alone_takes_the_next_cell_with_it():
    assert texts(section("A"), code("plots.show(f)", figure()), text("*See.*"), text("b", "slide")) == ["A See.", "A b"]
    assert texts(section("A\n\nText."), text("b", "subslide")) == ["A Text.", "A b"]


def test_a_figure_begins_a_slide_and_takes_its_caption():
    shown = slides(section("A\n\nText."), code("plots.show(f)", figure()), text("*See $x$.*\n\nMore.", "slide"))[1:]
    assert len(shown) == 2
    assert re.search(r"<figcaption><em>See <math.*</math>\.</em></figcaption>", shown[1].parts[1])
    assert plain_text(shown[1].parts[2]) == "More."


def test_a_figure_stays_where_the_author_says_so():
    assert texts(section("A\n\nText."), code("plots.show(f)", figure(), slide="fragment")) == ["A Text."]


def test_a_figure_without_a_caption_and_a_caption_without_a_figure():
    shown = slides(section("A"), text("*No caption.*"), code("plots.show(f)", figure()), text("Text."))[1:]
    assert "figcaption" not in "".join(part for slide in shown for part in slide.parts)
    assert "No caption." in shown[0].parts[1]


def test_the_page_holds_everything_and_names_its_cells():
    shown = slides(section('Why "x" < y?'), text("a"), code("x = 1", said("1")))
    deck = page(shown, 47)
    assert deck.count("<section") == 2
    assert 'lang="en"' in deck
    assert "<title>Lecture 47: A title</title>" in deck
    assert 'aria-label="Slide 2 of 2: Why &quot;x&quot; &lt; y?"' in deck
    assert 'data-notebook="03-made-up"' in deck
    assert 'data-cell="the-code"' in deck
    assert "2 / 2" in deck
    assert not re.search(r'<link|<script src|@import|url\(|src="(?!data:)', deck)


# ---- The command --------------------------------------------------------------------------------


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Three lectures: one with two notebooks of which one is ready, one without any that is, one with no file."""
    lectures = {47: ("03-ready", "04-old"), 48: ("05-old",), 49: ("06-missing",)}
    monkeypatch.setattr(decks, "LECTURES", lectures)
    folder = tmp_path / "notebooks"
    folder.mkdir()
    title = new_markdown_cell("# T")
    write(new_notebook(cells=[title, section("A"), text("told")]), folder / "03-ready.ipynb")
    for name in ("04-old", "05-old"):
        write(new_notebook(cells=[title, text("## A")]), folder / f"{name}.ipynb")
    return folder


def run(course, *lectures):
    return main(["slides", *lectures, "--notebooks", str(course), "--to", str(course / "to")])


def test_a_deck_is_built_from_what_is_ready(course, capsys):
    assert run(course, "47") == 0
    target = course / "to" / "lecture-47.html"
    assert "told" in target.read_text()
    assert capsys.readouterr().out.splitlines() == [
        "lecture 47: without 04-old: its sections have no levels yet, so none is known to belong to the lecture", f"{target}: 2 slides",
    ]


def test_a_lecture_with_nothing_ready_is_told_and_an_error_if_asked_for(course, capsys):
    write(new_notebook(cells=[new_markdown_cell("# T"), section("A")]), course / "06-missing.ipynb")
    lines = list(write_decks([], course, course / "to"))
    assert "lecture 48: no deck yet" in lines
    assert sorted(path.name for path in (course / "to").iterdir()) == ["lecture-47.html", "lecture-49.html"]
    assert run(course, "48") == 1
    complaint = capsys.readouterr().err
    assert "05-old" in complaint
    assert '"course": {"level": "lecture"' in complaint


@pytest.mark.parametrize("lecture, message", [("49", "06-missing.ipynb"), ("51", "there is no lecture 51")])
def test_what_is_not_there_is_named(course, capsys, lecture, message):
    assert run(course, lecture) == 1
    assert message in capsys.readouterr().err


def test_the_course_has_five_lectures():
    assert list(LECTURES) == [46, 47, 48, 49, 50]


def test_the_first_slide_of_a_section_says_when_it_is_due():
    made = slides(section("One"), text("a"), text("b", "subslide"), section("Lab: no", "lab"), section("Two"))
    assert [slide.minute for slide in made] == [None, 0, None, 4]
    shown = page(made, 47)
    assert re.findall(r'<p class="due" aria-hidden="true">(.*?)</p>', shown) == ["minute 0", "minute 4"]
