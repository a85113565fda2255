"""Fills in the Jinja templates of a package.

Values are escaped as HTML, except in templates of Python code.
"""

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from fvapp.core.colours import css_variables
from fvapp.core.pixel_art import app_mark_svg
from fvapp.core.wording import duration_words, share_as_percent


def render_template(package: str, template: str, /, **values: object) -> str:
    """Return a template of a package, filled in with `values`."""
    return _template_environment(package).get_template(template).render(values)


@cache
def _template_environment(package: str) -> Environment:
    environment = Environment(
        loader=PackageLoader(package),
        # Templates whose names end in ".jinja" are Python code, which must not be escaped as HTML.
        autoescape=lambda name: not (name or "").endswith(".jinja"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "code": _inline_markup,
        "percent": share_as_percent,
        "loss": "{:.3f}".format,
        "comment": lambda text: python_comment(text).rstrip(),
    }
    environment.globals |= {
        "duration": duration_words,
        "colours_of_paper": Markup(css_variables()),
        "mark": Markup(app_mark_svg()),
    }
    return environment


def _inline_markup(text: str) -> Markup:
    """Return a catalogue text as HTML: text in backquotes as code, in double asterisks as bold."""
    with_code = re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text)))
    return Markup(re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", with_code))


def python_comment(text: str) -> str:
    """Return a text as lines of Python comments."""
    return "".join(f"# {line}\n" for line in text.splitlines())
