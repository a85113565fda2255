"""The errors that the app explains to its visitors, each with a code instead of a sentence.

The code of an error is the catalogue key of a sentence (below ``errors.``). The error also carries
the values of the sentence's placeholders. Pages, the command line and reports translate the
sentence for the reader.
"""

from collections.abc import Callable, Mapping
from functools import partial


class FvappError(Exception):
    """An error that one sentence can explain to a visitor.

    Args:
        code: key of the sentence below ``errors.`` in the catalogues, such as
            ``"image_too_large"``.
        values: the values of the sentence's placeholders, by name. A value that is itself a
            catalogue key is passed as a :class:`CatalogueKey`.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __reduce__(self) -> tuple[Callable[[], "FvappError"], tuple[()]]:
        # Unpickling an exception passes positional arguments, but `values` are keyword arguments.
        return partial(type(self), self.code, **self.values), ()

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.code} ({details})" if details else self.code

    def to_sentence(self, translate: Callable[..., str]) -> str:
        """Return the sentence for this error, in the language of `translate`."""
        return translate(f"errors.{self.code}", **translate_keys(self.values, translate))


class CatalogueKey(str):
    """A value for a sentence's placeholder that is itself a catalogue key, to be translated."""

    __slots__ = ()


def translate_keys(
    values: Mapping[str, object], translate: Callable[..., str]
) -> dict[str, object]:
    """Return the values of a sentence's placeholders, with every catalogue key translated."""
    return {
        name: translate(value) if isinstance(value, CatalogueKey) else value
        for name, value in values.items()
    }


class SettingsError(FvappError):
    """A setting that is unknown, out of range, or too large in combination with others."""

    @property
    def setting_name(self) -> str:
        """The name of the setting; empty if the error does not name a setting."""
        label = self.values.get("field")
        return label.split(".")[1] if isinstance(label, CatalogueKey) else ""


class ImageError(FvappError):
    """Bytes that cannot be read as a picture: not an image, too large or damaged."""


class StrokesError(FvappError):
    """A drawing whose strokes are invalid: too many, nested too deeply, or not finite numbers."""


class BlankError(FvappError):
    """A drawing or picture with nothing on it, which is not given to the network."""


class ExampleError(FvappError):
    """A visitor's own example, or a file of examples, that is not valid."""


class DatasetError(FvappError):
    """A data set that cannot be read, fetched or written."""


class ModelError(FvappError):
    """A model file or folder that cannot be used."""


class EngineError(FvappError):
    """A command that the engine refuses or currently cannot carry out."""


class LinkError(FvappError):
    """An unknown value in the address of a page."""
