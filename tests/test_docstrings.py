"""The names that docstrings explain under "Args:" and "Attributes:" exist in the code."""

import ast
import re
from collections.abc import Iterator

from our_modules import MODULES, parse

Function = ast.FunctionDef | ast.AsyncFunctionDef
DEFINITIONS = [
    (f"{module}.{node.name}", node)
    for module, path in MODULES.items()
    for node in ast.walk(parse(path))
    if isinstance(node, ast.ClassDef | Function)
]
CLASSES = {node.name: node for _, node in DEFINITIONS if isinstance(node, ast.ClassDef)}
# Matches the names in "left, right: in pixels; top: likewise", but not those in double backticks.
NAMES = re.compile(r"(?:^ +|; )(?!None:)(\*{0,2}\w+(?:, \*{0,2}\w+)*):(?=\s)", re.M)


def explained_names(docstring: str, section: str) -> Iterator[str]:
    """Yield the names that a section explains, at any indentation."""
    for entries in re.findall(rf"^{section}:\n((?: .*\n?|\n)+)", docstring, re.M):
        yield from re.findall(r"\w+", " ".join(NAMES.findall(entries)))


def members(owner: ast.ClassDef) -> Iterator[str]:
    """Yield the fields, methods, properties and assigned attributes of a class and its bases."""
    for part in owner.body:
        if isinstance(part, Function):
            yield part.name
        for node in ast.walk(part):
            match node:
                case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                    yield name
                case ast.Name(id=name, ctx=ast.Store()) if not isinstance(part, Function):
                    yield name
    for base in owner.bases:
        if isinstance(base, ast.Name) and base.id in CLASSES:
            yield from members(CLASSES[base.id])


def known_names(node: ast.ClassDef | Function, section: str) -> set[str]:
    if section == "Args" and isinstance(node, ast.ClassDef):
        node = next((part for part in node.body if getattr(part, "name", "") == "__init__"), node)
    if isinstance(node, ast.ClassDef):
        return set(members(node))
    return {part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)}


def test_docstrings_explain_only_names_that_exist():
    missing = [
        f"{place}: {section}: {name}"
        for place, node in DEFINITIONS
        for section in ("Args", "Attributes")
        for name in explained_names(ast.get_docstring(node) or "", section)
        if name not in known_names(node, section)
    ]
    assert not missing, "\n".join(missing)
