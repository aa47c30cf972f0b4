"""Notebooks as slides."""

from pathlib import Path

from nbconvert import SlidesExporter

from helpers.authoring.notebook import canonical, read


def slides(path: Path, folder: Path) -> Path:
    """Write the notebook's slides, `<folder>/<name>.slides.html`, with the saved outputs; return the file.

    The pictures are in the file. The browser fetches reveal.js, jQuery, RequireJS and MathJax from the
    network when it opens the file, because nbconvert ships none of them (nbconvert issues 296 and 754). Where
    there is no network, show the notebook itself in JupyterLab, or print the slides beforehand.

    Raises:
        AuthoringError: If the file is no notebook.
    """
    # Code, its figure and the sentence below it are about this high; reveal.js scales it to the screen. What
    # is higher can be scrolled.
    exporter = SlidesExporter(
        reveal_scroll=True, reveal_number="c/t", reveal_width="1500", reveal_height="1050"
    )
    page, _ = exporter.from_notebook_node(canonical(read(path)), resources={"metadata": {"name": path.stem}})
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{path.stem}.slides.html"
    target.write_text(page, encoding="utf-8")
    return target
