"""An answer: a tidy table together with what made it, so that no number travels without its conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Result:
    """One answer.

    Attributes
    ----------
    command
        The command or function that made it, such as ``clusters``.
    frame
        The rows. Columns listed in ``hidden`` are left out of the terminal table only.
    parameters
        Everything that decided the numbers: filters, seed, engine, version.
    notes
        Sentences for the reader: what was left out, how many rows had no place, caveats.
    run_id
        Identity of the data and definitions behind it; empty where it does not apply.
    hidden
        Columns for machines (``ref`` above all), not shown in the terminal table.
    failed
        Some of the work could not be done; the command ends with exit code 1.
    broken
        Data break a contract; the command ends with exit code 3.
    """

    command: str
    frame: pl.DataFrame
    parameters: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    run_id: str = ""
    hidden: tuple[str, ...] = ("ref",)
    failed: bool = False
    broken: bool = False

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas frame whose ``attrs`` hold command, parameters, notes and run id."""
        import pandas as pd

        frame = pd.DataFrame(self.frame.to_dict(as_series=False))
        frame.attrs.update(
            command=self.command, parameters=dict(self.parameters), notes=list(self.notes), run_id=self.run_id
        )
        return frame
