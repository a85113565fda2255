"""Has anything changed since a page was drawn? A number that grows with every visible change."""

from collections.abc import Callable

Listener = Callable[[str | None, int, bool], None]


class ChangeCounter:
    """One counter for all: the latest change of each workspace, and of the engine for everybody.

    Not thread-safe by itself: the engine holds its lock around every call. The listener is called
    with that lock held, so it must only pass the news on.

    Attributes:
        latest_for_all: the latest change that affects every visitor, such as a full disk.

    Args:
        first: larger than any number before a restart; otherwise a page at version 57 would never
            hear of version 1.
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
            urgent: whether pages show it as soon as they can. A run that only moves up in the queue
                can wait: each training that ends moves up everybody waiting, a whole class.
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
