"""Numbers the changes that visitors can see, so that a page knows whether it is out of date."""

from collections.abc import Callable

Listener = Callable[[str | None, int, bool], None]


class ChangeCounter:
    """Numbers all changes in one sequence, and keeps the latest number of each workspace.

    This class is not thread-safe: the engine holds its lock during every call. The listener is
    called with the lock held, so it must return quickly.

    Attributes:
        latest_number_for_all: number of the latest change that affects every visitor, such as a
            full disk.

    Args:
        first: the number to start from, larger than any number before the server's restart.
            Otherwise a page that shows change 57 would ignore change 1 as older.
    """

    def __init__(self, first: int) -> None:
        self.latest_number_for_all = self._latest_number = first
        self._latest_number_by_workspace: dict[str, int] = {}
        self._listener: Listener | None = None

    def set_change_listener(self, listener: Listener) -> None:
        """Call `listener` for each change with a workspace id, a number, and whether it is urgent.

        The id is None for a change that concerns everybody.
        """
        self._listener = listener

    def record_visible_change(self, workspace: str | None, urgent: bool = True) -> None:
        """Record a change in a workspace or, if `workspace` is None, for everybody.

        Args:
            urgent: whether pages show the change as soon as they can. A run's new place in the
                queue is not urgent: whenever a training run ends, all waiting runs move up, perhaps
                those of a whole school class.
        """
        self._latest_number += 1
        if workspace is None:
            self.latest_number_for_all = self._latest_number
        else:
            self._latest_number_by_workspace[workspace] = self._latest_number
        if self._listener is not None:
            self._listener(workspace, self._latest_number, urgent)

    def version_of_workspace(self, workspace: str) -> int:
        """Return the number of the latest change that the visitor of a workspace can see."""
        return max(self._latest_number_by_workspace.get(workspace, 0), self.latest_number_for_all)

    def forget_workspace(self, workspace: str) -> None:
        self._latest_number_by_workspace.pop(workspace, None)
