"""Values other than the default for each setting in the table, and invalid texts."""

from fvapp.core.dataset_table import DATASETS, PICTURED
from fvapp.core.settings import SETTINGS, RunSettings, Setting, Value, setting_to_text

_NO_NUMBERS = ("", "nan", "inf", "many", "9" * 5_000)
_BAD = {
    "choice": ("", "<b>relu</b>", "test_accuracy", "1e3"),
    "flag": ("", "2", "maybe"),
    "whole": (*_NO_NUMBERS, "2.5"),
    "number": _NO_NUMBERS,
    "widths": ("many", "1.5", "-5", "1,1,1,1,1"),
}


def other_values(row: Setting) -> tuple[Value, ...]:
    """Return values other than the default, including the range's ends; the last is moderate.

    Settings that the default data set does not use have no other values.
    """
    default = getattr(RunSettings(), row.name)
    match row.kind:
        case "choice":
            # A data set of images must come last, because not every setting applies to text.
            values = sorted(row.choices_for_dataset(RunSettings.dataset), key=PICTURED.__contains__)
        case "flag":
            info = DATASETS[RunSettings.dataset]
            values = tuple(
                value
                for value in (True, False)
                if row.is_available is None or row.is_available(value, info)
            )
        case "widths":
            values = ((), (row.minimum,), (row.maximum,), (512, 256, 64, 8), (64,))
        case "whole":
            values = (row.minimum, row.maximum_for_dataset(RunSettings.dataset), default + 1)
        case "number":
            near = default + row.button_step
            values = (
                float(row.minimum),
                float(row.maximum),
                round(near if near <= row.maximum else default - row.button_step, 5),
            )
    return tuple(value for value in values if value != default)


def another(row: Setting) -> Value:
    """Return a moderate value other than the default."""
    return other_values(row)[-1]


def in_field(name: str, value: Value) -> Value:
    """Return the content of a setting's field for a value."""
    row = SETTINGS[name]
    return (
        setting_to_text(name, value)
        if row.kind in ("choice", "widths") or row.is_text_field
        else value
    )


def bad_texts(row: Setting) -> tuple[str, ...]:
    """Return texts that are invalid for a setting: of the wrong kind, or beyond its range."""
    beyond = (
        (f"{row.minimum - 1:g}", f"{row.maximum + 1:.0f}")
        if row.kind in ("whole", "number", "widths")
        else ()
    )
    return *_BAD[row.kind], *beyond
