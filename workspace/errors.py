"""The few ways a command can fail, each with the exit code that the command line promises."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

# A message beyond this keeps its beginning and its end, where the way out stands.
LONGEST, END = 1_500, 400
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class GraphcliError(Exception):
    """A failure that one line can explain; the message names the way out.

    What a library or a file put into the message stays on that line.

    Examples
    --------
    >>> str(GraphcliError("jobs.db: malformed schema (\\n)"))
    'jobs.db: malformed schema ( )'
    """

    exit_code = 1

    def __init__(self, message: str = "") -> None:
        line = _CONTROL.sub(" ", message)
        # What stands in a damaged file may be quoted at any length by the library that read it.
        super().__init__(line if len(line) <= LONGEST else f"{line[: LONGEST - END]} … {line[-END:]}")


class UsageError(GraphcliError, ValueError):
    """The call asks for something that does not exist or does not fit together."""

    exit_code = 2


class DataContractError(GraphcliError, ValueError):
    """Data or a reference file broke a rule it must keep."""

    exit_code = 3


class StoreUnreachableError(GraphcliError, ConnectionError):
    """A graph store cannot be opened, refused the password, or went away."""

    exit_code = 4


class WorkspaceLockedError(GraphcliError, RuntimeError):
    """Somebody else is writing to the workspace."""


class MissingPartError(GraphcliError, ImportError):
    """A part of the tool is not available on this machine; the message says what to install."""


def unknown_name(kind: str, name: str, valid: Iterable[str]) -> UsageError:
    """Build the error for a name that does not exist, with the nearest valid names.

    Parameters
    ----------
    kind
        What was looked for, such as ``"scheme"``.
    name
        The name as the user gave it.
    valid
        All names that would have been accepted.

    Examples
    --------
    >>> str(unknown_name("scheme", "cset", ["cset3", "yrd"]))
    "no scheme called 'cset'; did you mean cset3?"
    """
    names = sorted(set(valid))
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        return UsageError(f"no {kind} called {name!r}; did you mean {', '.join(close)}?")
    shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
    return UsageError(f"no {kind} called {name!r}; there are: {shown or 'none'}")
