"""Named errors, put into words at the edge of the app.

An error carries the key of its sentence in the catalogues (below ``errors.``) and the values of
that sentence's placeholders; page, command line and report put it into words with a translator.
"""

from collections.abc import Callable, Mapping
from functools import partial


class FvappError(Exception):
    """An error that a visitor can be told in one sentence.

    Args:
        code: key of the sentence below ``errors.`` in the catalogues, such as
            ``"image_too_large"``.
        values: the sentence's placeholders. A value that is itself a key is passed as
            :class:`CatalogueKey`.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __reduce__(self) -> tuple[Callable[[], "FvappError"], tuple[()]]:
        # Exceptions are pickled as a call with positional arguments, but the values are keywords.
        return partial(type(self), self.code, **self.values), ()

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.code} ({details})" if details else self.code

    def to_sentence(self, translate: Callable[..., str]) -> str:
        """Return the sentence for this error in the words of `translate`."""
        return translate(f"errors.{self.code}", **translate_keys(self.values, translate))


class CatalogueKey(str):
    """A placeholder's value that is itself a catalogue key, translated with its sentence."""

    __slots__ = ()


def translate_keys(
    values: Mapping[str, object], translate: Callable[..., str]
) -> dict[str, object]:
    """Return the values of a sentence with each :class:`CatalogueKey` translated."""
    return {
        name: translate(value) if isinstance(value, CatalogueKey) else value
        for name, value in values.items()
    }


class SettingsError(FvappError):
    """A setting that is unknown, out of range, or too large together with the others."""

    @property
    def setting_name(self) -> str:
        """The name of the setting, or an empty string."""
        label = self.values.get("field")
        return label.split(".")[1] if isinstance(label, CatalogueKey) else ""


class ImageError(FvappError):
    """Bytes that cannot be read as a picture: not an image, too large or damaged."""


class StrokesError(FvappError):
    """Strokes that are not valid: too many, nested too deeply or not finite."""


class BlankError(FvappError):
    """A drawing or picture with nothing on it; it never reaches the network."""


class ExampleError(FvappError):
    """A visitor's own example, or a file of them, that is not valid."""


class DatasetError(FvappError):
    """A data set that cannot be read, fetched or written."""


class ModelError(FvappError):
    """A model file or folder that cannot be used."""


class EngineError(FvappError):
    """A command that the engine refuses, or cannot carry out now."""


class LinkError(FvappError):
    """A word in an address that the app does not know."""
