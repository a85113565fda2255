"""Finds the workspace that a token opens, or the reason why the token was revoked."""

from collections.abc import Set as AbstractSet
from typing import NamedTuple

from fvapp.core.errors import EngineError
from fvapp.engine.api import GONE
from fvapp.engine.runs.scopes import ALL, TokenScope
from fvapp.engine.store import writes
from fvapp.engine.store.journal import Journal


class TokenRow(NamedTuple):
    """The workspace and scope that a token opens, and the encrypted recovery code."""

    workspace_id: str
    encrypted_recovery_code: bytes | None = None
    scope: TokenScope = ALL


class TokenRows:
    """The tokens that open workspaces; stored tokens are read when they are needed."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._rows: dict[str, TokenRow] = {}
        # Error codes of the tokens revoked since the server started, by the tokens' hashes
        self._revocation_error_codes: dict[str, str] = {}

    def find_valid_token_row(self, token_hash: str) -> TokenRow:
        """Return the workspace and scope that a token opens.

        Raises:
            EngineError: ``unknown_workspace``: the token opens nothing; or the error code for why
                the token was revoked.
        """
        if token_hash in self._revocation_error_codes:
            raise EngineError(self._revocation_error_codes[token_hash])
        found = self.find_token_row(token_hash)
        if found is None:
            raise EngineError(
                self._journal.store.revocation_error_code(token_hash) or "unknown_workspace"
            )
        return found

    def find_token_row(self, token_hash: str) -> TokenRow | None:
        if token_hash not in self._rows and (
            row := self._journal.store.find_access_by_token(token_hash)
        ):
            workspace, sealed, scope = row
            self._rows[token_hash] = TokenRow(workspace, sealed, TokenScope.from_text(scope))
        return self._rows.get(token_hash)

    def token_rows_of_workspace(self, workspace: str) -> list[tuple[str, TokenRow]]:
        """Return the hash and row of every token of a workspace, even of tokens not used lately."""
        for token_hash in (
            self._journal.store.token_hashes_of(workspace) - self._revocation_error_codes.keys()
        ):
            self.find_token_row(token_hash)
        return self._known_rows_of_workspace(workspace)

    def add_unstored_token_row(self, token_hash: str, row: TokenRow) -> None:
        """Record in memory what a token opens; nothing is stored on disk yet."""
        self._rows[token_hash] = row

    def store_token_row(self, token_hash: str, row: TokenRow) -> None:
        """Record in memory and on disk what a token opens."""
        self.add_unstored_token_row(token_hash, row)
        self._journal.queue_changes(
            writes.store_token(
                token_hash, row.workspace_id, row.encrypted_recovery_code, row.scope.to_text()
            )
        )

    def revoke_token(self, token_hash: str, why: str) -> None:
        """Revoke a token, and keep the error code with which it is refused from now on."""
        self._rows.pop(token_hash, None)
        self._revocation_error_codes[token_hash] = why
        self._journal.queue_changes(writes.revoke_token(token_hash, why))

    def revoke_tokens_of_workspace(self, workspace: str) -> None:
        """Revoke all tokens of a workspace that is being deleted, even those not stored yet."""
        for token_hash, _ in self._known_rows_of_workspace(workspace):
            self.revoke_token(token_hash, GONE)

    def forget_tokens_of_workspaces(self, workspaces: AbstractSet[str]) -> None:
        """Forget the tokens of the given workspaces, none of which is stored on disk."""
        self._rows = {
            key: row for key, row in self._rows.items() if row.workspace_id not in workspaces
        }

    def _known_rows_of_workspace(self, workspace: str) -> list[tuple[str, TokenRow]]:
        return [(key, row) for key, row in self._rows.items() if row.workspace_id == workspace]
