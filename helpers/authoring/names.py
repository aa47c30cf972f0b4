"""Which global names the cells of a notebook bind and read.

A function reads a global name when it is called, not when it is written. A slider's function is called after the whole
notebook has run: by then a name means what the last cell that bound it made of it.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def bound(source: str) -> set[str]:
    """The global names that a cell binds or deletes, those that its functions declare `global` included.

    Empty if the source cannot be parsed. Names local to functions, classes and comprehensions do not count, nor does
    what `a.b = …` and `a[i] = …` change.
    """
    scope = _scope_of(*_statements(source))
    return scope.bound | scope.bound_later


def read(source: str) -> set[str]:
    """The global names that a cell needs from elsewhere: from the cells before it, or from Python's builtins.

    Empty if the source cannot be parsed. At the top level (and in class bodies, comprehensions, defaults, decorators)
    a name counts unless an earlier statement of the cell binds it, if only in one branch. In the body of a function
    or lambda, which runs later, it counts unless the cell binds it anywhere.
    """
    scope = _scope_of(*_statements(source))
    return scope.read | (scope.read_later - scope.bound - scope.bound_later)


def rebound(sources: Sequence[str], index: int, function: ast.expr) -> dict[str, int]:
    """The global names that a function reads whenever it is called, and that a later cell binds again.

    Args:
        sources: The notebook's code cells, in order.
        index: The cell in which the function is passed on.
        function: The expression passed on there: a name, or a lambda.

    Returns:
        Each such name, in alphabetical order, with the index of the first cell after `index` that binds it. Other
        functions of the notebook are followed, and those in a dict, list or tuple; what a call gives is not.
    """
    reads = _reads_of_values([node for source in sources[: index + 1] for node in _statements(source)])
    found, waiting = set(), _read_when_called(function, reads)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= reads.get(name, set()) - found
    later = {number: bound(source) for number, source in enumerate(sources) if number > index}
    first = {name: next((number for number, names in later.items() if name in names), None) for name in sorted(found)}
    return {name: number for name, number in first.items() if number is not None}


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError):
        return []  # told by `check`


def _scope_of(*nodes: ast.AST) -> "_Scope":
    scope = _Scope()
    for node in nodes:
        scope.visit(node)
    return scope


def _reads_of_values(statements: Sequence[ast.stmt]) -> dict[str, set[str]]:
    """For each global name, what the functions in its value read when they are called."""
    reads: dict[str, set[str]] = {}
    for statement in statements:
        reads |= dict.fromkeys(_scope_of(statement).bound, _read_when_called(statement, reads))
    return reads


def _read_when_called(node: ast.AST, reads: Mapping[str, set[str]]) -> set[str]:
    """What the functions written or named in a statement or an expression read when they are called."""
    found = set()
    for function in _functions(node):
        if isinstance(function, ast.Name):
            found |= reads.get(function.id, set())
        else:
            found |= _scope_of(function).read_later
    return found


def _functions(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, _Definition) or isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node
    elif not isinstance(node, ast.Call):
        for child in ast.iter_child_nodes(node):
            yield from _functions(child)


class _Scope(ast.NodeVisitor):
    """The names of one scope, which is visited in the order in which Python evaluates it."""

    def __init__(self, bound: Sequence[str] = (), outer: "_Scope | None" = None) -> None:
        """`outer` is given for a comprehension: what `:=` binds there, it binds in the scope around."""
        self.bound = set(bound)
        self.read: set[str] = set()  # before this scope binds it
        self.declared: set[str] = set()  # global
        # By the functions within, when they are called; of the names that are not their own.
        self.read_later: set[str] = set()
        self.bound_later: set[str] = set()
        self._outer = outer

    def _visit_all(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def _reads(self, names: set[str]) -> None:
        self.read |= names - self.bound

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Store):
            self._reads({node.id})
        if not isinstance(node.ctx, ast.Load):
            self.bound.add(node.id)

    def visit_Global(self, node: ast.Global) -> None:
        self.declared |= set(node.names)

    # ---- Where the order in which the parts are written is not that of evaluation

    def visit_Assign(self, node: ast.Assign) -> None:
        self._visit_all(node.value, *node.targets)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self._reads({node.target.id})
        self._visit_all(node.value, node.target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._visit_all(node.annotation, node.value)
        if node.value or not isinstance(node.target, ast.Name):  # `x: int` alone binds nothing
            self.visit(node.target)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self._visit_all(node.iter, node.target, *node.body, *node.orelse)

    visit_AsyncFor = visit_For

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        scope = self
        while scope._outer:
            scope = scope._outer
        scope.visit(node.target)

    # ---- What binds a name that is not an ast.Name

    def visit_alias(self, node: ast.alias) -> None:
        if node.name != "*":
            self.bound.add(node.asname or node.name.split(".")[0])

    def _visit_named(self, node: ast.ExceptHandler | ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self.bound.add(node.name)
        self.generic_visit(node)

    visit_ExceptHandler = visit_MatchAs = visit_MatchStar = _visit_named

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self.bound.add(node.rest)
        self.generic_visit(node)

    # ---- Scopes within

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._visit_all(*node.decorator_list, node.args, node.returns)  # of the arguments: defaults, annotations
        self._add_function(node.args, node.body)
        self.bound.add(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit(node.args)
        self._add_function(node.args, [node.body])

    def _add_function(self, given: ast.arguments, body: Sequence[ast.AST]) -> None:
        arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        inner = _Scope([argument.arg for argument in arguments if argument])
        inner._visit_all(*body)
        self.read_later |= (inner.read | inner.read_later) - (inner.bound - inner.declared)
        self.bound_later |= inner.bound_later | (inner.bound & inner.declared)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._visit_all(*node.decorator_list, *node.bases, *node.keywords)
        inner = _scope_of(*node.body)
        self._reads(inner.read)
        self.read_later |= inner.read_later  # methods do not see the names of their class
        self.bound_later |= inner.bound_later
        self.bound.add(node.name)

    def _visit_comprehension(self, node: _Comprehension) -> None:
        first, *others = node.generators
        self.visit(first.iter)
        inner = _Scope(outer=self)
        inner._visit_all(first.target, *first.ifs)
        for generator in others:
            inner._visit_all(generator.iter, generator.target, *generator.ifs)
        inner._visit_all(*([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]))
        self._reads(inner.read - inner.bound)
        self.read_later |= inner.read_later - inner.bound

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _visit_comprehension
