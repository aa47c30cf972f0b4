"""A notebook's cells as HTML for slides: text, formulas, code, figures and what was printed."""

import base64
import html
import re
import struct
from collections.abc import Iterator

import mistune
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pygments.style import Style
from pygments.token import Comment, Keyword, Literal, Name, Number, Operator, String, Token

from helpers.authoring.check import output_breaches
from helpers.authoring.formulas import mathml
from helpers.authoring.notebook import shows_figure

FIGURE_WIDTH = 1152  # of a slide's 1280 pixels
SMALLEST_FIGURE = 0.75  # of its own size: below, its labels cannot be read from the last row
HIDE_CODE = "remove-input"  # a cell's tag, by the name that Jupyter Book and nbconvert use

_MATH = re.compile(
    r"""(?P<code>(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))  # in the line or fenced
    | (?P<escaped>\\[\\$`])
    | \$\$ (?P<display>.+?) \$\$
    | \$(?!\s) (?P<inline>(?:\\.|(?!\n\s*\n)[^\\$`])+?) (?<!\s)\$(?!\d)""",
    re.VERBOSE | re.DOTALL,
)
# Markdown passes over letters of the private use area, which stand for nothing.
_MARK = "\ue000{}\ue001"
_MARKED = re.compile("\ue000(\\d+)\ue001")
_PROMPT = re.compile(r"<p><strong>(?:Predict|Think)\.</strong>.*", re.DOTALL)  # to the cell's end: it may have a list
_DRAWS = re.compile(r"\bplots\.(?:show|explore)\(")
_WIDGET = "application/vnd.jupyter.widget-view+json"
_VERDICT = re.compile(r"[✓✗] ")
_IDENTIFIER = re.compile(r"L\d+\.\d+ ")  # of a claim: for whoever looks it up, not for the hall


class _Colours(Style):
    """Few colours, each at least 4.5 times as light or dark as what lies behind the code."""

    styles = {
        Token: "#1b1f24",
        Comment: "#57606a",
        Keyword: "bold #7b2d8b",
        Operator.Word: "bold #7b2d8b",
        Name.Function: "#0b4f9c",
        Name.Class: "#0b4f9c",
        Literal: "#8a3b00",
        Number: "#8a3b00",
        String: "#1a6334",
    }


_CODE = HtmlFormatter(nowrap=True, style=_Colours)
CODE_CSS = _CODE.get_style_defs("pre")


def markdown(source: str) -> str:
    """Markdown with tables and formulas as HTML that fetches nothing. A link to a file becomes its text.

    Raises:
        ValueError: If a formula cannot be converted, or a picture stands in the text.
    """
    formulas: list[str] = []

    def take_out(match: re.Match) -> str:
        tex = match["display"] or match["inline"]
        if tex is None:
            return match[0]
        try:
            formulas.append(mathml(tex.strip(), display=match["display"] is not None))
        except ValueError as error:
            raise ValueError(f"the formula {tex.strip()} cannot be converted: {error}") from error
        return _MARK.format(len(formulas) - 1)

    page = _PROMPT.sub(r'<div class="prompt">\g<0></div>\n', _TO_HTML(_MATH.sub(take_out, source)))
    return _MARKED.sub(lambda match: formulas[int(match[1])], page)


def in_line(source: str) -> str:
    """One line of Markdown without a paragraph around it."""
    return markdown(source).strip().removeprefix("<p>").removesuffix("</p>")


def plain_text(page: str) -> str:
    """What HTML says without its tags."""
    return html.unescape(re.sub(r"<[^>]+>", "", page)).strip()


class _Renderer(mistune.HTMLRenderer):
    def link(self, text: str, url: str, title: str | None = None) -> str:
        return f'<a href="{html.escape(url)}">{text}</a>' if re.match(r"https?:", url) else text

    def image(self, text: str, url: str, title: str | None = None) -> str:
        raise ValueError(f"the picture {url} stands in the text: a slide shows pictures that a cell draws")

    def block_code(self, code: str, info: str | None = None) -> str:
        return code_block(code) if info == "python" else f'<pre class="code">{html.escape(code.rstrip())}</pre>\n'


_TO_HTML = mistune.create_markdown(renderer=_Renderer(escape=True), plugins=["table"])


def code_block(source: str) -> str:
    """Python, highlighted."""
    return f'<pre class="code">{highlight(source, PythonLexer(), _CODE).rstrip()}</pre>\n'


def is_caption(cell: NotebookNode) -> bool:
    """Whether the cell begins with the italic sentence that stands under a figure."""
    return cell.cell_type == "markdown" and re.match(r"\*(?!\*)", cell.source) is not None


def code_cell(cell: NotebookNode, caption: str = "") -> str:
    """A code cell with what it printed; of a cell that draws, the figures alone, the caption (HTML) under the last.

    Raises:
        ValueError: If the cell has not been run, or what it saved cannot be shown.
    """
    _refuse_what_cannot_be_shown(cell)
    figures = shows_figure(cell)
    page = "" if figures or HIDE_CODE in cell.metadata.get("tags", []) else code_block(cell.source)
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            page += _figure(data["image/png"], data.get("text/plain", ""), caption)
        elif _WIDGET not in data:
            page += printed(output.get("text") or data.get("text/plain", ""))
    return page


def _refuse_what_cannot_be_shown(cell: NotebookNode) -> None:
    if cell.execution_count is None:
        raise ValueError("has not been run, or its outputs were cleared")
    if breach := next(output_breaches(cell), None):
        raise ValueError(breach)
    if not shows_figure(cell) and (
        _DRAWS.search(cell.source) or any(_WIDGET in output.get("data", {}) for output in cell.outputs)
    ):
        raise ValueError("should show a figure, and has none saved")


def _figure(png: str, description: str, caption: str) -> str:
    width, height = struct.unpack(">II", base64.b64decode(png[:64])[16:24])
    least = round(SMALLEST_FIGURE * height * min(1, FIGURE_WIDTH / width))
    under = f"<figcaption>{caption}</figcaption>" if caption else ""
    return (
        f'<figure><img src="data:image/png;base64,{"".join(png.split())}" width="{width}" height="{height}" '
        f'alt="{html.escape(description)}" style="min-height: {least}px">{under}</figure>\n'
    )


def printed(text: str) -> str:
    """What a cell printed: verdicts (✓, ✗) as text, everything else as it stands in its columns."""
    return "".join(_verdict(lines[0]) if verdict else _columns(lines) for verdict, lines in _runs(text))


def _runs(text: str) -> Iterator[tuple[bool, list[str]]]:
    """Each verdict alone, the lines between verdicts together; no empty lines at either end."""
    run: list[str] = []
    for line in [*text.rstrip().split("\n"), None]:
        verdict = line is not None and _VERDICT.match(line)
        if line is None or verdict:
            if any(map(str.strip, run)):
                yield False, run
            run = []
        if verdict:
            yield True, [line]
        elif line is not None:
            run.append(line)


def _verdict(line: str) -> str:
    mark, said = line[0], html.escape(_IDENTIFIER.sub("", line[2:], count=1))
    return f'<p class="verdict {"holds" if mark == "✓" else "fails"}"><span>{mark} </span><span>{said}</span></p>\n'


def _columns(lines: list[str]) -> str:
    return f'<pre class="printed">{html.escape(chr(10).join(lines).strip(chr(10)))}</pre>\n'
