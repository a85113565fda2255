"""Counts the changes visitors can see, to tell whether any came after a page was drawn."""

from collections.abc import Callable

Listener = Callable[[str | None, int, bool], None]


class ChangeCounter:
    """Numbers all changes in one sequence; knows the latest of each workspace and of everybody.

    Not thread-safe by itself: the engine holds its lock around every call. The listener is called
    with that lock held, so it must do no more than pass the change on.

    Attributes:
        latest_for_all: the latest change that affects every visitor, such as a full disk.

    Args:
        first: a number larger than any before a restart; otherwise a page that shows version 57
            would take version 1 for old.
    """

    def __init__(self, first: int) -> None:
        self.latest_for_all = self._latest = first
        self._by_workspace: dict[str, int] = {}
        self._listener: Listener | None = None

    def set_listener(self, listener: Listener) -> None:
        """Call `listener` with workspace (None: everybody), number and urgency of each change."""
        self._listener = listener

    def note_change(self, workspace: str | None, urgent: bool = True) -> None:
        """Note a change in a workspace, or for everybody.

        Args:
            urgent: whether pages show the change as soon as they can. A run that only moves up in
                the queue is not urgent: each training run that ends moves up all others, perhaps
                those of a whole class.
        """
        self._latest += 1
        if workspace is None:
            self.latest_for_all = self._latest
        else:
            self._by_workspace[workspace] = self._latest
        if self._listener is not None:
            self._listener(workspace, self._latest, urgent)

    def version_of_workspace(self, workspace: str) -> int:
        """Return the number of the latest change that a visitor with this workspace can see."""
        return max(self._by_workspace.get(workspace, 0), self.latest_for_all)

    def forget_workspace(self, workspace: str) -> None:
        self._by_workspace.pop(workspace, None)
