"""Which module may import which, according to the table in fvapp/README.md."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

from our_modules import MODULES, ROOT, imports, parse

README = (ROOT / "fvapp" / "README.md").read_text(encoding="utf-8")


def names_in(cell: str) -> tuple[str, ...]:
    """Return the modules and packages in a cell of the table, with groups in italics resolved."""
    groups = dict(re.findall(r"\*([\w ]+)\* is ((?:`[^`]+`[,\s]*)+)", README))
    cell = re.sub(r"\*([\w ]+)\*", lambda found: groups[found[1]], cell)
    return tuple(
        f"fvapp.{name.removesuffix('.py').replace('/', '.')}"
        for name in re.findall(r"`([^`]+)`", cell)
    )


def read_table() -> dict[str, tuple[str, ...]]:
    """Return, for each package, the project packages that it may import, longest names first.

    A package may import itself.
    """
    rooms = README.partition("## The rooms")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \| [^|]+ \|([^|]*)\|$", rooms, re.M)
    table = {
        name: (name, *names_in(allowed)) for folders, allowed in rows for name in names_in(folders)
    }
    table |= {"app": ("fvapp.ui", "fvapp.requirements_check"), "fvapp": ()}
    return dict(sorted(table.items(), key=lambda row: -len(row[0])))


OWN = read_table()

# For each restricted external package, the only project packages that may import it.
ONLY_IN = {
    # `page_visitor` imports only the part of Streamlit that defines its messages.
    "streamlit": ("app", "fvapp.ui", "fvapp.bench.page_visitor"),
    "websockets": ("fvapp.bench",),
    "starlette": ("fvapp.ui.server",),
    "keras": ("fvapp.learn",),
    "tensorflow": ("fvapp.learn",),
    "dask": ("fvapp.engine", "fvapp.worker"),
    "distributed": ("fvapp.engine", "fvapp.worker"),
    "sqlite3": ("fvapp.engine",),
    "threading": (
        "fvapp.ui.server",
        "fvapp.engine",
        "fvapp.worker",
        "fvapp.learn.blocks",
        "fvapp.bench",
    ),
    "concurrent": ("fvapp.engine", "fvapp.worker", "fvapp.bench"),
    "multiprocessing": (),
    "plotly": ("fvapp.ui.compat",),
    "playwright": ("fvapp.bench",),
}

# Modules that make a function depend on more than its arguments.
IMPURE = {
    "time",
    "random",
    "secrets",
    "uuid",
    "asyncio",
    "subprocess",
    "socket",
    "signal",
    "logging",
    "queue",
}


def is_in(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def imported_by(node: ast.AST) -> list[str]:
    """Return the dotted names that a statement imports."""
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=module, names=names):
            return [f"{module}.{alias.name}" for alias in names]
    return []


def test_every_module_imports_only_what_the_table_allows():
    offenders = []
    for name, path in MODULES.items():
        allowed = next(packages for prefix, packages in OWN.items() if is_in(name, (prefix,)))
        for imported in imports(parse(path)):
            top = imported.partition(".")[0]
            if top == "fvapp":
                good = imported == "fvapp" or is_in(imported, allowed)
            else:
                good = top not in ONLY_IN or is_in(name, ONLY_IN[top])
            offenders += [] if good else [f"{name} imports {imported}"]
    assert not offenders


# What the app may import from Streamlit: documented names, and the types that Streamlit's functions
# return. Benchmarks may also use Streamlit's protocol.
PUBLIC = {
    "streamlit",
    "streamlit.delta_generator.DeltaGenerator",
    "streamlit.navigation.page.StreamlitPage",
    "streamlit.runtime.scriptrunner.get_script_run_ctx",
}
PROTOCOL = ("fvapp.bench.page_visitor",)


def test_what_streamlit_and_uvicorn_keep_to_themselves_is_touched_in_one_place():
    offenders = []
    for name in (each for each in MODULES if not is_in(each, ("fvapp.ui.compat", *PROTOCOL))):
        names = {each for node in ast.walk(parse(MODULES[name])) for each in imported_by(node)}
        private = (each for each in names - PUBLIC if is_in(each, ("streamlit", "uvicorn")))
        offenders += [f"{name} imports {each}" for each in private]
    assert not offenders


def test_every_row_of_the_table_names_something_that_is_there():
    for prefix in OWN:
        package = ROOT.joinpath(*prefix.split("."))
        assert prefix in MODULES or package.is_dir(), prefix
    top_level = {
        imported.partition(".")[0] for path in MODULES.values() for imported in imports(parse(path))
    }
    # Dask is imported only as part of distributed.
    assert set(ONLY_IN) - {"multiprocessing", "concurrent", "dask"} <= top_level


MOST_MODULES = 16  # per folder of pages; a larger folder probably has more than one subject


def test_no_folder_of_the_pages_has_become_a_cupboard():
    folders = Counter(path.parent for name, path in MODULES.items() if is_in(name, ("fvapp.ui",)))
    assert {folder.name: count for folder, count in folders.items() if count > MOST_MODULES} == {}


def test_keras_is_imported_at_the_top():
    offenders = []
    for name, path in MODULES.items():
        tree = parse(path)
        blocks = [tree, *(node for node in tree.body if isinstance(node, ast.With))]
        top = {node for block in blocks for node in block.body}
        late = (node for node in ast.walk(tree) if node not in top)
        modules = {each.partition(".")[0] for node in late for each in imported_by(node)}
        offenders += [name] if modules & {"keras", "tensorflow"} else []
    assert not offenders


NO_SEED = ("default_rng", [])
CHANGING = {"append", "add", "update", "setdefault", "pop", "clear", "extend", "insert", "remove"}


def impurities(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and kind of each use of time or chance, or change of a module's variables."""
    yield from (
        (1, f"imports {name}") for name in imports(tree) if name.partition(".")[0] in IMPURE
    )
    globals_ = {
        node.id
        for statement in tree.body
        if isinstance(statement, (ast.Assign, ast.AnnAssign))
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }

    def is_global(node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in globals_

    for node in ast.walk(tree):
        match node:
            case ast.Global():
                yield node.lineno, "global"
            case ast.Subscript(value=owner, ctx=ast.Store() | ast.Del()) if is_global(owner):
                yield node.lineno, "changes what is global"
            case ast.Attribute(value=owner, ctx=ast.Store() | ast.Del()) if is_global(owner):
                yield node.lineno, "changes what is global"
            case ast.Call(func=ast.Attribute(value=owner, attr=called)):
                if is_global(owner) and called in CHANGING:
                    yield node.lineno, "changes what is global"
                if called in {"now", "today", "utcnow"} or (called, node.args) == NO_SEED:
                    yield node.lineno, called


def test_the_core_asks_for_time_and_chance_and_keeps_nothing():
    core = (name for name in MODULES if is_in(name, ("fvapp.core",)))
    assert not [(name, *found) for name in core for found in impurities(parse(MODULES[name]))]


def loaded_after(code: str) -> set[str]:
    """Return the top-level modules loaded by a new interpreter that has run `code`."""
    report = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_streamlit_process_loads_neither_keras_nor_tensorflow():
    pages = [name for name in MODULES if is_in(name, ("fvapp.ui", "fvapp.charts"))]
    # The app imports the engine and its transport in a thread when the first visitor comes.
    served = [*pages, "fvapp.engine.singleton", "fvapp.engine.embedded", "distributed"]
    heavy = {"keras", "tensorflow", "torch", "jax"}
    # Components can be registered only with a running server, and none runs in this test.
    no_server = (
        "import streamlit; streamlit.components.v2.component = lambda *args, **options: None"
    )
    loaded = loaded_after(f"{no_server}\nimport {', '.join(served)}")
    assert {"streamlit", "distributed", "plotly"} <= loaded and not loaded & heavy


def test_numpy_counts_with_one_thread_in_the_streamlit_process():
    code = (
        "import os; os.environ.pop('OPENBLAS_NUM_THREADS', None)\n"
        "import streamlit, fvapp.ui.parts.data_sets\n"
        "from threadpoolctl import threadpool_info\n"
        "threads = [pool['num_threads'] for pool in threadpool_info() if pool['internal_api'] == 'openblas']\n"
        "assert threads and set(threads) == {1}, threads"
    )
    loaded_after(code)


def test_the_core_and_the_words_load_no_framework():
    pure = [name for name in MODULES if is_in(name, ("fvapp.core", "fvapp.i18n"))]
    loaded = loaded_after(f"import {', '.join(pure)}")
    # These modules come with Python, so the core may load them.
    ours = {"threading", "concurrent", "multiprocessing"}
    assert "numpy" in loaded and not loaded & set(ONLY_IN) - ours


def test_the_top_level_holds_nothing_else():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    # Outside a Git checkout, as in an unpacked archive, Git lists nothing; then all files count.
    paths = listed.stdout.splitlines() or [path.name for path in ROOT.iterdir()]
    names = {path.partition("/")[0] for path in paths if not path.startswith(".")}
    assert names <= {"app.py", "fvapp", "tests", "requirements.txt", "README.md", "LICENSE"}


def test_no_module_reaches_itself_again_by_its_imports_late_ones_included():
    graph = {
        name: {each for each in imports(parse(path)) if each in MODULES}
        for name, path in MODULES.items()
    }
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way[way.index(name) :], name))
        if name not in done:
            for each in sorted(graph[name]):
                visit(each, (*way, name))
            done.add(name)

    for name in graph:
        visit(name, ())
