"""Variants of a function with exactly one thing changed.

``mutants(function)`` takes a function apart, ``mutants_of_source(text, name, namespace)`` the text of a
function or of a class. Each mutant differs from the original in one place, and no two are alike.
"""

from __future__ import annotations

import ast
import copy
import functools
import inspect
import itertools
import linecache
import random
import textwrap
import types
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any


class NoSource(ValueError):
    """The function's own source cannot be found, or does not stand for the function."""


@dataclass(frozen=True)
class Mutant:
    """A function or class with one thing changed.

    Attributes:
        description: what was changed, such as "comparison" or "axis= dropped".
        line: where, counted from 1 in the function's own source.
        change: the lines that differ, "before → after".
        source: all of it.
        function: what the source defines.
    """

    description: str
    line: int
    change: str
    source: str
    function: Any


def mutants(function: Callable, *, sample: int | None = None, seed: int = 0) -> Iterator[Mutant]:
    """Yield the mutants of a function or lambda: all, or ``sample`` of them drawn at random.

    They see the globals and the enclosing function's variables that ``function`` sees.

    Raises:
        NoSource: it is no plain function, or its source cannot be found.
    """
    tree, name, namespace = _taken_apart(function)
    return _mutants(tree, name, namespace, sample, seed)


def mutants_of_source(
    source: str, name: str, namespace: dict[str, Any], *, sample: int | None = None, seed: int = 0
) -> Iterator[Mutant]:
    """As ``mutants``, for the text of a function or class ``name``, run in a copy of ``namespace``."""
    return _mutants(ast.parse(textwrap.dedent(source)), name, namespace, sample, seed)


def rebuilt(function: Callable) -> Callable:
    """Return ``function`` made anew in the way of its mutants, with nothing changed: it must do the same."""
    tree, name, namespace = _taken_apart(function)
    _without_docstrings(tree)
    return _built(ast.unparse(tree), name, namespace)


# ---- Taking apart and putting together ----------------------------------------------------------


def _taken_apart(function: Callable) -> tuple[ast.Module, str, dict[str, Any]]:
    """The source as a tree, the name it defines, and what it needs to run."""
    if not inspect.isfunction(function):
        raise NoSource(f"a {type(function).__name__} is no plain function")
    try:
        if function.__name__ == "<lambda>":
            name, tree = "answer", _tree_of_lambda(function)
        else:
            name, tree = function.__name__, ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError) as error:
        raise NoSource(f"{function.__qualname__}: {error}") from error
    namespace = {**function.__globals__, **inspect.getclosurevars(function).nonlocals}
    # A default that is a variable of the enclosing function is in no closure.
    node = tree.body[0].value if name == "answer" and isinstance(tree.body[0], ast.Assign) else tree.body[0]
    for default, value in zip(node.args.defaults, function.__defaults__ or ()):
        if isinstance(default, ast.Name):
            namespace[default.id] = value
    return tree, name, namespace


def _tree_of_lambda(function: Callable) -> ast.Module:
    """``answer = lambda ...``, found by its line and by the places that its bytecode comes from."""
    lines, _ = inspect.findsource(function)
    places = [
        ((line, column), (end_line, end_column))
        for line, end_line, column, end_column in function.__code__.co_positions()
        if None not in (line, end_line, column, end_column) and (line, column) != (end_line, end_column)
    ]
    first, last = min(start for start, _ in places), max(end for _, end in places)
    around = [
        node for node in ast.walk(_parsed("".join(lines)))
        if isinstance(node, ast.Lambda) and node.lineno == function.__code__.co_firstlineno
        and (node.body.lineno, node.body.col_offset) <= first
        and last <= (node.body.end_lineno, node.body.end_col_offset)
    ]
    if not around:
        raise NoSource(f"no lambda found in line {function.__code__.co_firstlineno}")
    innermost = max(around, key=lambda node: (node.body.lineno, node.body.col_offset))
    # Unparsed and parsed again, the tree is the mutants' own: the parsed file is shared.
    return ast.parse(f"answer = {ast.unparse(innermost)}")


@functools.lru_cache(maxsize=8)
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


def _built(source: str, name: str, namespace: dict[str, Any]) -> Any:
    """Run ``source`` under a file name of its own, so that errors show its lines; forgotten with the function."""
    filename = f"<mutant {next(_NUMBERS)} of {name}>"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as "is" with a literal
        code = compile(source, filename, "exec")
    own = dict(namespace)
    exec(code, own)  # noqa: S102
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    weakref.finalize(own[name], linecache.cache.pop, filename, None)
    return own[name]


_NUMBERS = itertools.count(1)


def _without_docstrings(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]


def _mutants(
    tree: ast.Module, name: str, namespace: dict[str, Any], sample: int | None, seed: int
) -> Iterator[Mutant]:
    _without_docstrings(tree)
    original = ast.unparse(tree)
    edits = list(_edits(tree, name))
    if sample is not None:
        random.Random(seed).shuffle(edits)
    seen = {original}
    for edit in edits:
        if sample is not None and len(seen) > sample:
            return
        source = edit.applied(tree)
        if source in seen:
            continue
        try:
            function = _built(source, name, namespace)
        except Exception:  # noqa: BLE001 - no Python any more, such as `break` outside a loop
            continue
        seen.add(source)
        yield Mutant(edit.description, edit.line, _change(original, source), source, function)


def _change(before: str, after: str) -> str:
    old, new = before.splitlines(), after.splitlines()
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return " → ".join(" ⏎ ".join(line.strip() for line in lines) or "(nothing)" for lines in (old, new))


# ---- What can be changed ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Edit:
    """``new`` in the place of what ``holder``, a node or a list, has at ``key``."""

    description: str
    line: int
    holder: ast.AST | list
    key: str | int
    new: Any

    def applied(self, tree: ast.Module) -> str:
        """The source with this edit; the tree is as before afterwards."""
        old = self._put(self.new)
        try:
            return ast.unparse(tree)
        finally:
            self._put(old)

    def _put(self, new: Any) -> Any:
        if isinstance(self.holder, list):
            old, self.holder[self.key] = self.holder[self.key], new
        else:
            old = getattr(self.holder, self.key)
            setattr(self.holder, self.key, new)
        return old


@dataclass(frozen=True)
class _Context:
    """What a change of one place takes from the whole.

    Attributes:
        names: the function's parameters and variables, in the order of their first appearance.
        attributes: what is assigned to as ``self.name``.
        strings: all strings in it.
    """

    names: tuple[str, ...]
    attributes: tuple[str, ...]
    strings: tuple[str, ...]


def _edits(tree: ast.Module, name: str) -> Iterator[_Edit]:
    context, line = _context(tree, name), 1
    for holder, key, node in _places(tree):
        line = getattr(node, "lineno", line)  # a comprehension has none of its own
        for kind, changes in _CHANGES.items():
            if isinstance(node, kind):
                for description, new in changes(node, context):
                    yield _Edit(description, line, holder, key, new)
        if isinstance(node, (ast.FunctionDef, ast.For, ast.While, ast.If, ast.With)):
            for field in ("body", "orelse"):
                for description, at, new in _of_statements(getattr(node, field, [])):
                    yield _Edit(description, at, node, field, new)


def _places(node: ast.AST) -> Iterator[tuple[ast.AST | list, str | int, ast.AST]]:
    """Every node below, with where it is held. What is raised and how it is formatted is not looked into."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        items = enumerate(value) if isinstance(value, list) else [(field, value)]
        holder = value if isinstance(value, list) else node
        for key, item in items:
            if isinstance(item, ast.AST):
                yield holder, key, item
                if not isinstance(item, (ast.Raise, ast.JoinedStr)):
                    yield from _places(item)


def _context(tree: ast.Module, name: str) -> _Context:
    names, attributes, strings = {}, {}, {}
    for _, _, node in _places(tree):
        if isinstance(node, ast.arg) and node.arg != "self":
            names[node.arg] = True
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id != name:
            names[node.id] = True
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            attributes[node.attr] = True
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            strings[node.value] = True
    return _Context(tuple(names), tuple(attributes), tuple(strings))


Changes = Iterator[tuple[str, ast.AST]]


def _with(node: ast.AST, **fields: Any) -> Any:
    """A copy of the node with other fields."""
    new = copy.copy(node)
    for field, value in fields.items():
        setattr(new, field, value)
    return new


def _without(items: Sequence, i: int) -> list:
    return [*items[:i], *items[i + 1 :]]


def _replaced(items: Sequence, i: int, new: Any) -> list:
    return [*items[:i], new, *items[i + 1 :]]


def _swapped(items: Sequence, i: int, j: int) -> list:
    return _replaced(_replaced(items, i, items[j]), j, items[i])


def _pairs(items: Sequence) -> Iterator[tuple[int, int]]:
    return itertools.combinations(range(len(items)), 2)


def _literal(value: Any) -> ast.expr:
    """The value as an expression; a negative number as Python reads it, a minus and a number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def _one_off(node: ast.expr) -> Iterator[ast.expr]:
    """``node + 1`` and ``node - 1``; not of a number, which has changes of its own."""
    bare = node.operand if isinstance(node, ast.UnaryOp) else node
    if not isinstance(bare, (ast.Constant, ast.Slice, ast.Tuple, ast.Starred)):
        yield ast.BinOp(node, ast.Add(), ast.Constant(1))
        yield ast.BinOp(node, ast.Sub(), ast.Constant(1))


# ---- Expressions --------------------------------------------------------------------------------


_OPERATORS = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mod, ast.Mult),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr, ast.BitXor),
    ast.BitOr: (ast.BitAnd, ast.BitXor),
    ast.BitXor: (ast.BitAnd, ast.BitOr),
}
_ONE_SIDED = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)


def _of_operation(node: ast.BinOp, context: _Context) -> Changes:
    for operator in _OPERATORS.get(type(node.op), ()):
        yield "operator", _with(node, op=operator())
    if isinstance(node.op, _ONE_SIDED):
        yield "operands swapped", _with(node, left=node.right, right=node.left)
    yield "operand dropped", node.left
    yield "operand dropped", node.right


_ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_OPPOSITE = {ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In}


def _of_comparison(node: ast.Compare, context: _Context) -> Changes:
    for i, operator in enumerate(node.ops):
        others = _ORDERED if isinstance(operator, _ORDERED) else (_OPPOSITE[type(operator)],)
        for other in others:
            if not isinstance(operator, other):
                yield "comparison", _with(node, ops=_replaced(node.ops, i, other()))


def _of_and_or(node: ast.BoolOp, context: _Context) -> Changes:
    yield "and/or", _with(node, op=ast.And() if isinstance(node.op, ast.Or) else ast.Or())
    for i in range(len(node.values)):
        rest = _without(node.values, i)
        yield "condition dropped", rest[0] if len(rest) == 1 else _with(node, values=rest)


def _of_sign(node: ast.UnaryOp, context: _Context) -> Changes:
    yield "`not`, minus or `~` dropped", node.operand


def _of_constant(node: ast.Constant, context: _Context) -> Changes:
    value = node.value
    if isinstance(value, bool):
        yield "True/False", ast.Constant(not value)
    elif isinstance(value, int):
        for other in dict.fromkeys((value + 1, value - 1, 0, 1, 2 * value, -value)):
            yield "constant", _literal(other)
    elif isinstance(value, float):
        for other in dict.fromkeys((10 * value, value / 10, 2 * value, -value, value + 1, value - 1, 0.0, 1.0)):
            yield "constant", _literal(other)
    elif isinstance(value, str):
        for other in context.strings:
            if other != value:
                yield "string", ast.Constant(other)


_NAMES = 6  # that one name is replaced by: those that come after it in the function, then from the first on


def _of_name(node: ast.Name, context: _Context) -> Changes:
    if not isinstance(node.ctx, ast.Load):
        return
    if node.id in context.names:
        i = context.names.index(node.id)
        for other in (*context.names[i + 1 :], *context.names[:i])[:_NAMES]:
            yield "name", ast.Name(other, ast.Load())
    else:
        for twin in _TWINS.get(node.id, ()):
            yield "function's twin", ast.Name(twin, ast.Load())


_TWINS = {
    "mean": ("median", "sum"),
    "median": ("mean",),
    "average": ("mean",),
    "sum": ("mean", "prod"),
    "prod": ("sum",),
    "var": ("std",),
    "std": ("var",),
    "min": ("max",),
    "max": ("min", "mean"),
    "argmin": ("argmax",),
    "argmax": ("argmin",),
    "minimum": ("maximum",),
    "maximum": ("minimum",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "zeros_like": ("ones_like",),
    "ones_like": ("zeros_like",),
    "floor": ("ceil", "round"),
    "ceil": ("floor", "round"),
    "round": ("floor", "ceil"),
    "cumsum": ("cumprod",),
    "cumprod": ("cumsum",),
    "any": ("all",),
    "all": ("any",),
    "greater": ("greater_equal", "less"),
    "greater_equal": ("greater", "less_equal"),
    "less": ("less_equal", "greater"),
    "less_equal": ("less", "greater_equal"),
    "exp": ("log",),
    "log": ("exp", "log2", "log10"),
    "sin": ("cos",),
    "cos": ("sin",),
}


def _of_attribute(node: ast.Attribute, context: _Context) -> Changes:
    if not isinstance(node.ctx, ast.Load):
        return
    for twin in _TWINS.get(node.attr, ()):
        yield "function's twin", _with(node, attr=twin)
    if node.attr == "T":
        yield ".T dropped", node.value
    if isinstance(node.value, ast.Name) and node.value.id == "self" and node.attr in context.attributes:
        for other in context.attributes:
            if other != node.attr:
                yield "attribute", _with(node, attr=other)


_REDUCTIONS = {"mean", "median", "sum", "prod", "var", "std", "min", "max", "argmin", "argmax", "any", "all",
               "cumsum", "cumprod", "average", "norm"}
_AXES = (-2, -1, 0, 1, 2, 3, None)


def _of_call(node: ast.Call, context: _Context) -> Changes:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    for i, keyword in enumerate(node.keywords):
        if keyword.arg is None:
            continue
        yield f"{keyword.arg}= dropped", _with(node, keywords=_without(node.keywords, i))
        if keyword.arg in ("axis", "axes"):
            for axis in _AXES:
                other = _with(keyword, value=_literal(axis))
                yield "axis", _with(node, keywords=_replaced(node.keywords, i, other))
    for i in range(len(node.args)):
        yield "argument dropped", _with(node, args=_without(node.args, i))
    for i, j in _pairs(node.args):
        yield "arguments swapped", _with(node, args=_swapped(node.args, i, j))
    if called in _REDUCTIONS:
        yield from _of_reduction(node, context, called)
    if called in ("range", "arange"):
        for i, argument in enumerate(node.args):
            for other in _one_off(argument):
                yield "off by one", _with(node, args=_replaced(node.args, i, other))
        if len(node.args) == 1:
            yield "off by one", _with(node, args=[ast.Constant(1), *node.args])
    if called == "enumerate" and len(node.args) == 1:
        yield "off by one", _with(node, args=[*node.args, ast.Constant(1)])
    for argument in node.args:
        if not isinstance(argument, ast.Starred):
            yield "call unwrapped", argument
    if _is_method(node.func, context):
        yield "call unwrapped", node.func.value


def _of_reduction(node: ast.Call, context: _Context, called: str) -> Changes:
    """Other axes where the axis has no keyword or is not given at all; ``ddof`` added."""
    place = 0 if _is_method(node.func, context) else 1
    named = {keyword.arg for keyword in node.keywords}
    if len(node.args) > place:
        for axis in _AXES:
            yield "axis", _with(node, args=_replaced(node.args, place, _literal(axis)))
    elif "axis" not in named:
        for axis in (0, -1):
            yield "axis", _with(node, keywords=[*node.keywords, ast.keyword("axis", ast.Constant(axis))])
    if called in ("var", "std") and "ddof" not in named:
        yield "ddof", _with(node, keywords=[*node.keywords, ast.keyword("ddof", ast.Constant(1))])


def _is_method(function: ast.expr, context: _Context) -> bool:
    """True for ``x.mean`` and ``(x - y).mean``, False for what belongs to a module, such as ``np.linalg.norm``."""
    if not isinstance(function, ast.Attribute):
        return False
    root = function.value
    while isinstance(root, ast.Attribute):
        root = root.value
    return not isinstance(root, ast.Name) or root.id in (*context.names, "self")


def _of_subscript(node: ast.Subscript, context: _Context) -> Changes:
    if isinstance(node.ctx, ast.Load):
        yield "subscript dropped", node.value
    for other in _one_off(node.slice):
        yield "off by one", _with(node, slice=other)


def _of_slice(node: ast.Slice, context: _Context) -> Changes:
    if not (node.lower or node.upper or node.step):
        return
    for field in ("lower", "upper", "step"):
        bound = getattr(node, field)
        if bound is None:
            continue
        yield "slice bound dropped", _with(node, **{field: None})
        for other in _one_off(bound):
            yield "off by one", _with(node, **{field: other})
    if node.lower is None:
        yield "off by one", _with(node, lower=ast.Constant(1))
    if node.upper is None:
        yield "off by one", _with(node, upper=_literal(-1))


def _of_tuple(node: ast.Tuple | ast.List, context: _Context) -> Changes:
    """Of results, targets, shapes, axes and indices."""
    for i, j in _pairs(node.elts):
        yield "elements swapped", _with(node, elts=_swapped(node.elts, i, j))
    if isinstance(node.ctx, ast.Load):
        for i in range(len(node.elts)):
            yield "element dropped", _with(node, elts=_without(node.elts, i))
    if isinstance(node, ast.Tuple):
        for i, element in enumerate(node.elts):
            if isinstance(element, ast.Name) and isinstance(node.ctx, ast.Load):
                for other in _one_off(element):
                    yield "off by one", _with(node, elts=_replaced(node.elts, i, other))


def _of_choice(node: ast.IfExp, context: _Context) -> Changes:
    yield "branches swapped", _with(node, body=node.orelse, orelse=node.body)
    yield "condition always true", node.body
    yield "condition never true", node.orelse
    yield "condition turned round", _with(node, test=ast.UnaryOp(ast.Not(), node.test))


def _of_comprehension(node: ast.comprehension, context: _Context) -> Changes:
    for i, condition in enumerate(node.ifs):
        yield "condition dropped", _with(node, ifs=_without(node.ifs, i))
        turned = ast.UnaryOp(ast.Not(), condition)
        yield "condition turned round", _with(node, ifs=_replaced(node.ifs, i, turned))


# ---- Statements ---------------------------------------------------------------------------------


def _of_condition(node: ast.If | ast.While, context: _Context) -> Changes:
    yield "condition always true", _with(node, test=ast.Constant(True))
    yield "condition never true", _with(node, test=ast.Constant(False))
    yield "condition turned round", _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    if node.orelse:
        yield "branches swapped", _with(node, body=node.orelse, orelse=node.body)
        yield "`else` dropped", _with(node, orelse=[])


def _of_assignment(node: ast.Assign, context: _Context) -> Changes:
    """One name of ``a, b = x, y`` is left as it was."""
    target = node.targets[0]
    if not (isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)):
        return
    if len(target.elts) != len(node.value.elts) or len(target.elts) < 2:
        return
    for i in range(len(target.elts)):
        names, values = _without(target.elts, i), _without(node.value.elts, i)
        if len(names) == 1:
            yield "assignment dropped", _with(node, targets=names, value=values[0])
        else:
            yield "assignment dropped", _with(
                node, targets=[_with(target, elts=names)], value=_with(node.value, elts=values)
            )


def _of_update(node: ast.AugAssign, context: _Context) -> Changes:
    yield "update becomes assignment", ast.Assign([node.target], node.value, lineno=node.lineno)
    for operator in _OPERATORS.get(type(node.op), ()):
        yield "operator", _with(node, op=operator())


def _of_break(node: ast.Break | ast.Continue, context: _Context) -> Changes:
    yield "break/continue", ast.Continue() if isinstance(node, ast.Break) else ast.Break()


def _of_statements(block: list[ast.stmt]) -> Iterator[tuple[str, int, list[ast.stmt]]]:
    """The block with a line dropped, or two swapped, or one moved into or out of a loop or branch."""
    for i, statement in enumerate(block):
        line, behind = statement.lineno, block[i + 1 :]
        if not isinstance(statement, (ast.Pass, ast.FunctionDef)):
            yield "statement dropped", line, _replaced(block, i, ast.Pass())
        if behind:
            yield "neighbours swapped", line, _swapped(block, i, i + 1)
        if not isinstance(statement, (ast.For, ast.While, ast.If)):
            continue
        for field in ("body", "orelse"):
            inner = getattr(statement, field)
            if not inner:
                continue
            if behind:
                longer = _with(statement, **{field: [*inner, behind[0]]})
                yield "moved in", behind[0].lineno, [*block[:i], longer, *behind[1:]]
            shorter = _with(statement, **{field: inner[:-1] or [ast.Pass()]})
            yield "moved out", inner[-1].lineno, [*block[:i], shorter, inner[-1], *behind]


_CHANGES: dict[type | types.UnionType, Callable[[Any, _Context], Changes]] = {
    ast.BinOp: _of_operation,
    ast.Compare: _of_comparison,
    ast.BoolOp: _of_and_or,
    ast.UnaryOp: _of_sign,
    ast.Constant: _of_constant,
    ast.Name: _of_name,
    ast.Attribute: _of_attribute,
    ast.Call: _of_call,
    ast.Subscript: _of_subscript,
    ast.Slice: _of_slice,
    ast.Tuple | ast.List: _of_tuple,
    ast.IfExp: _of_choice,
    ast.comprehension: _of_comprehension,
    ast.If | ast.While: _of_condition,
    ast.Assign: _of_assignment,
    ast.AugAssign: _of_update,
    ast.Break | ast.Continue: _of_break,
}
