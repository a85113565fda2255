"""Fill in the templates of a package: of the report and the papers, and of pictures. Whatever goes in is escaped."""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from fvapp.core.wording import duration, percent


def render(package: str, template: str, /, **values: object) -> str:
    """Return a template of a package with `values` in it."""
    return _environment(package).get_template(template).render(values)


@cache
def _environment(package: str) -> Environment:
    environment = Environment(
        loader=PackageLoader(package),
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
