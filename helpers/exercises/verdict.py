"""What a check answers, and how it looks."""

from __future__ import annotations

import html
from dataclasses import dataclass

# State: symbol, word, JupyterLab's colour with a fallback for other front ends. The symbol and the
# word say the same as the colour, for readers who do not see it.
_LOOKS = {
    "not attempted": ("○", "Not attempted yet", "var(--jp-info-color1, #0288d1)"),
    "partly answered": ("○", "Not finished yet", "var(--jp-info-color1, #0288d1)"),
    "correct": ("✓", "Correct", "var(--jp-success-color1, #388e3c)"),
    "known mistake": ("✗", "Not yet", "var(--jp-warn-color1, #f57c00)"),
    "wrong": ("✗", "Not yet", "var(--jp-warn-color1, #f57c00)"),
    "unusable": ("!", "Cannot be checked", "var(--jp-error-color1, #d32f2f)"),
    "hint": ("→", "Hint", "var(--jp-info-color1, #0288d1)"),
    "solution": ("■", "Solution", "var(--jp-info-color1, #0288d1)"),
}


@dataclass(frozen=True)
class Verdict:
    """One answer of the engine to the student.

    Attributes:
        state: "not attempted", "partly answered" (a prediction, so far right), "correct", "known mistake", "wrong" (in no known way) or
            "unusable" (it raised, did not return, changed its inputs, returned no array ...);
            also "hint" and "solution".
        exercise: the exercise's name.
        paragraphs: what is said, in order. Text between backquotes is code.
        code: lines shown as they are, below the paragraphs.
        mistakes: names of the catalogued mistakes that were recognized.
    """

    state: str
    exercise: str
    paragraphs: tuple[str, ...]
    code: str = ""
    mistakes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.state == "correct"

    def __str__(self) -> str:
        symbol, word, _ = _LOOKS[self.state]
        lines = [f"{symbol} {self.exercise}: {word}."]
        lines += [f"  {paragraph}" for paragraph in self.paragraphs]
        lines += [f"    {line}" for line in self.code.splitlines()]
        return "\n".join(lines)

    def html(self) -> str:
        """The same text as a box; its colours follow JupyterLab's theme."""
        symbol, word, colour = _LOOKS[self.state]
        body = "".join(f'<div style="margin-top:4px">{_inline(text)}</div>' for text in self.paragraphs)
        if self.code:
            body += (
                '<pre style="margin:8px 0 0 0;padding:8px;overflow-x:auto;color:inherit;'
                'background:rgba(128,128,128,0.12)">' + html.escape(self.code) + "</pre>"
            )
        return (
            f'<div role="status" style="border-left:6px solid {colour};padding:6px 12px;margin:4px 0;'
            'max-width:52em;line-height:1.45;font-size:var(--jp-content-font-size1,14px);'
            'color:var(--jp-content-font-color1,inherit)">'
            f"<div><b>{symbol} {html.escape(word)}</b> · <code>{html.escape(self.exercise)}</code></div>"
            f"{body}</div>"
        )

    def display(self) -> None:
        """Show the box in a notebook, the plain text elsewhere."""
        try:
            from IPython import get_ipython
        except ImportError:
            get_ipython = None
        if get_ipython is None or get_ipython() is None:
            print(self)
            return
        from IPython.display import display

        display({"text/plain": str(self), "text/html": self.html()}, raw=True)


def _inline(text: str) -> str:
    """Escape ``text`` for HTML; what stands between backquotes becomes code."""
    parts = text.split("`")
    return "".join(
        f"<code>{html.escape(part)}</code>" if i % 2 else html.escape(part) for i, part in enumerate(parts)
    )
