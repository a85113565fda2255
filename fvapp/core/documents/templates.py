"""Fill in the templates of the report and the papers, and those of other packages. Whatever goes in is escaped."""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from fvapp.core.wording import Translate, duration, percent


def render(name: str, t: Translate, **values: object) -> str:
    """Return the template `name` with `values` in it; `t` puts the words of a catalogue there."""
    return environment(__package__).get_template(name).render(values, t=t)


@cache
def environment(package: str, folder: str = "templates") -> Environment:
    """Return the Jinja environment of the templates in a package's folder."""
    environment = Environment(
        loader=PackageLoader(package, folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"code": _code, "percent": percent, "loss": "{:.3f}".format}
    environment.globals["duration"] = duration
    return environment


def _code(text: str) -> Markup:
    """Return a text of the catalogues with what stands between backquotes set as code."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text))))
