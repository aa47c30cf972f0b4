"""A formula in TeX as MathML, which browsers draw without a library.

latex2mathml writes MathML 3. Browsers draw MathML Core, which has left out much of it: columns that align, letters by
attribute, bars that grow. What is between the two is mended here; what cannot be is refused.
"""

import re
from itertools import zip_longest
from xml.etree.ElementTree import Element, ParseError, fromstring, tostring

from latex2mathml.converter import convert

_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_BEFORE_CONVERSION = (
    # latex2mathml knows this environment under another name only.
    (r"\{align(?:ed)?\}", "{align*}"),
    # With braces it writes the letter itself, without them an attribute that browsers ignore.
    (r"(\\math(?:bb|bf|cal|frak|rm|sf|tt))\s*(?![\s{])(\\[A-Za-z]+|.)", r"\1{\2}"),
    # A single upright letter would come out slanted, bars of no particular side would grow.
    (r"\\mathrm\{(\w)\}", r"\\text{\1}"),
    (r"\\[lr]Vert\b", r"\\|"),
)
_LIMITS = r"(\\(?:max|min|lim|sup|inf))\s*_", r"\1\\limits_"
# The classes of deck.css that draw what stands over or under a whole formula.
_DRAWN = {"―": "bar", "‾": "bar", "⏞": "bracket over", "⏟": "bracket under"}
_SUMS = ("∑", "∏")
_PRIMES = ("′", "″", "‴")
_TIGHT = ("/", "∂", "∇", "|", "‖")
_OPENING = ("(", "[", "{", "|", "‖")
_BEFORE_A_SIGN = ("(", "[", "{", ",", ";", "=", "≈", "≠", "<", ">", "≤", "≥", "←", "→", "⇒", "·", "×")


def mathml(tex: str, *, display: bool) -> str:
    """The formula as a <math> element; `display` for one that stands alone.

    Raises:
        ValueError: If it cannot be converted, or a browser would not draw it as meant.
    """
    if len(re.findall(r"(?<!\\)\{", tex)) != len(re.findall(r"(?<!\\)\}", tex)):
        raise ValueError("its braces do not match")
    for pattern, replacement in (*_BEFORE_CONVERSION, *([_LIMITS] if display else [])):
        tex = re.sub(pattern, replacement, tex)
    try:
        root = fromstring(convert(tex, display="block" if display else "inline"))
    except ParseError as error:
        raise ValueError("it has a & where nothing is aligned, or an environment that is not known") from error
    except Exception as error:  # latex2mathml's errors have no class in common
        raise ValueError(str(error) or type(error).__name__) from error
    for element in root.iter():
        element.tag = element.tag.removeprefix(_NAMESPACE)
        _refuse_what_is_not_drawn(element)
    for element in list(root.iter()):
        _mend(element, display)
    return tostring(root, encoding="unicode")


def _refuse_what_is_not_drawn(element: Element) -> None:
    if element.text and (found := re.search(r"\\[A-Za-z]*", element.text)):
        raise ValueError(f"{found[0]} is not known")
    if element.get("linebreak"):
        raise ValueError(r"browsers do not break its lines at \\: write \begin{aligned}")
    if (variant := element.get("mathvariant", "normal")) != "normal":
        raise ValueError(f"browsers do not draw letters in {variant}")


def _mend(element: Element, display: bool) -> None:
    if element.tag in ("munder", "mover") and element[1].text in _DRAWN:
        _draw(element, display)
    elif element.tag == "mover":
        element.set("accent", "true")
    elif element.tag in ("msup", "msubsup") and element[-1].text in _PRIMES:
        _set_prime(element)
    elif element.tag in ("msub", "msubsup") and element[0].text in _SUMS and display:
        # Beside the sign where it must be low: the browser decides, if it is told that these are limits.
        element.tag = {"msub": "munder", "msubsup": "munderover"}[element.tag]
    elif element.tag == "mtable":
        _align(element)
    for before, child, after in zip_longest([None, *element[:-1]], element, element[1:]):
        if child is not None and child.tag in ("mi", "mo"):
            _set_spaces(child, before, after)


def _draw(over: Element, display: bool) -> None:
    """A line or a bracket along the whole, drawn by the style sheet: in few fonts they grow as they should."""
    drawn, under = _DRAWN[over[1].text], over[0]
    over.clear()
    over.tag = "mrow"
    over.set("class", drawn)
    if display and drawn != "bar":
        over.set("displaystyle", "true")
    over.append(under)


def _set_prime(script: Element) -> None:
    """The prime beside its letter: a font's prime is raised already, as an exponent it would hang too high."""
    base, *below, prime = list(script)
    mark = Element("mo", {"lspace": "0", "rspace": "0"})
    mark.text = prime.text
    primed = Element("mrow")
    primed.extend([base, mark])
    attributes = dict(script.attrib)
    script.clear()
    script.attrib |= attributes
    script.tag = "msub" if below else "mrow"
    script.extend([primed, *below])


def _align(table: Element) -> None:
    for cell in table.iter("mtd"):
        if side := cell.attrib.pop("columnalign", ""):
            touching = f"; padding-{side}: 0" if table.get("columnspacing") and side in ("left", "right") else ""
            cell.set("style", f"text-align: {side}{touching}")


def _set_spaces(sign: Element, before: Element | None, after: Element | None) -> None:
    """As TeX sets it: "max(" and "1/2" tight, "log p" with a thin space. A browser's own spaces are wide."""
    text = sign.text or ""
    if re.fullmatch("[A-Za-z]{2,}", text):
        sign.tag = "mo"
        tight = after is None or after.tag == "mspace" or after.text in _OPENING
        touches = before is not None and before.tag not in ("mo", "mspace")
        sign.attrib |= {"lspace": "0.167em" if touches else "0", "rspace": "0" if tight else "0.167em"}
    elif sign.tag == "mo" and (text in _TIGHT or "minsize" in sign.attrib):
        sign.attrib |= {"lspace": "0", "rspace": "0"}
    elif text == "±":
        sign.tag = "mo"
    if text in ("−", "+", "±") and before is not None and before.tag == "mo" and before.text in _BEFORE_A_SIGN:
        sign.set("form", "prefix")  # "= −1": a sign, not a difference
