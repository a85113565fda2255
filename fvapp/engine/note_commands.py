"""Commands with which pages keep data for a workspace: notes on disk, and bytes in memory."""

from collections.abc import Callable

from fvapp.engine.runs import SharedEngineState


class NoteCommands:
    """Commands on notes, the JSON data of pages; each may raise the errors of `EmbeddedEngine`."""

    def __init__(self, engine_state: SharedEngineState) -> None:
        self._engine_state = engine_state
        self._workspaces = engine_state.workspaces

    def read_note(self, token: str, name: str) -> object | None:
        """Return a note (a JSON value such as progress in a lesson), or None if there is none."""
        with self._engine_state.locked_workspace(token) as workspace:
            return workspace.read_note_value(name)

    def change_note(self, token: str, name: str, change: Callable[[object | None], object]) -> None:
        """Replace a note with the result of `change`, atomically.

        Use this method for notes with several entries, so that two tabs of the browser do not
        overwrite each other's entries.

        Args:
            change: receives the note as :meth:`read_note` returns it, and returns the new note. The
                function must be quick and must not call the engine.
        """
        with self._engine_state.edit_workspace(token) as workspace:
            self._workspaces.update_stored_note(workspace, name, change)

    def write_note(self, token: str, name: str, value: object) -> None:
        """Store a JSON value, limited to 64 KB by default, as a note of the workspace."""
        self.change_note(token, name, lambda before: value)

    def remember_page_data(self, token: str, name: str, data: bytes) -> None:
        """Keep data for a page in memory until the server ends.

        The data replaces earlier data of the same name. If the workspace's data in memory would
        exceed the limit, the data is not kept.
        """
        with self._engine_state.locked_workspace(token) as workspace:
            memory = workspace.page_data_by_name
            memory.pop(name, None)
            if (
                sum(map(len, memory.values())) + len(data)
                <= self._engine_state.limits.memory_kb * 1024
            ):
                memory[name] = data

    def recall_page_data(self, token: str, name: str) -> bytes | None:
        """Return the data that a page keeps in memory under this name, or None."""
        with self._engine_state.locked_workspace(token) as workspace:
            return workspace.page_data_by_name.get(name)
