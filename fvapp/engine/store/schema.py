"""Contains the SQL that creates and upgrades the database's tables, and longer queries."""

STEPS = (
    """
    CREATE TABLE workspaces (id TEXT PRIMARY KEY, created REAL NOT NULL, code TEXT UNIQUE, numbers INTEGER NOT NULL);
    CREATE TABLE tokens (hash TEXT PRIMARY KEY, workspace TEXT NOT NULL, sealed_code BLOB);
    CREATE TABLE runs (id TEXT PRIMARY KEY, workspace TEXT NOT NULL, number INTEGER NOT NULL,
                       state TEXT NOT NULL, created REAL NOT NULL, body TEXT NOT NULL);
    CREATE TABLE events (run TEXT, first INTEGER, body TEXT NOT NULL, PRIMARY KEY (run, first)) WITHOUT ROWID;
    CREATE TABLE checkpoints (run TEXT PRIMARY KEY, file TEXT NOT NULL, bytes INTEGER NOT NULL, crc INTEGER NOT NULL,
                              epoch INTEGER NOT NULL, step INTEGER NOT NULL);
    CREATE TABLE notes (workspace TEXT, name TEXT, body TEXT NOT NULL, PRIMARY KEY (workspace, name)) WITHOUT ROWID;
    CREATE INDEX runs_of_workspace ON runs (workspace);
    CREATE INDEX tokens_of_workspace ON tokens (workspace);
    """,
    # Tables may exist ("IF NOT EXISTS"), because some app versions already created them in
    # databases of the first format.
    """
    CREATE TABLE IF NOT EXISTS dropped_tokens (hash TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS frames (run TEXT PRIMARY KEY, file TEXT NOT NULL, bytes INTEGER NOT NULL,
                                       crc INTEGER NOT NULL);
    """,
    """
    CREATE TABLE counted (transactions INTEGER NOT NULL);
    INSERT INTO counted VALUES (0);
    """,
    """
    CREATE TABLE classes (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE members (class TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (class, id)) WITHOUT ROWID;
    """,
    # Tables for visitors' own examples, and for copies of examples that runs still need.
    """
    CREATE TABLE examples (workspace TEXT, id TEXT, dataset TEXT NOT NULL, label INTEGER NOT NULL, source TEXT NOT NULL,
                           kept REAL NOT NULL, place TEXT NOT NULL, pixels BLOB NOT NULL, PRIMARY KEY (workspace, id));
    CREATE TABLE held_examples (run TEXT PRIMARY KEY, body BLOB NOT NULL);
    """,
    # Table for drawings that school classes have kept.
    """
    CREATE TABLE drawings (class TEXT, round INTEGER, seat INTEGER, word TEXT NOT NULL, place TEXT NOT NULL,
                           image BLOB NOT NULL, PRIMARY KEY (class, round, seat));
    """,
    # `taken` says why a token was revoked: 0 = workspace gone, 1 = work moved to another browser,
    # 2 = the student's seat in a class ended.
    "ALTER TABLE dropped_tokens ADD COLUMN taken INTEGER NOT NULL DEFAULT 0;",
    # Columns for the scope of a token (which part of a workspace it opens), and an example's class.
    """
    ALTER TABLE tokens ADD COLUMN scope TEXT NOT NULL DEFAULT '';
    ALTER TABLE examples ADD COLUMN classroom TEXT NOT NULL DEFAULT '';
    """,
)
"""The SQL that upgrades each version of the database's format to the next version.

The first entry creates the tables in an empty file.
"""

FORMAT = len(STEPS)

DRAWING = ("round", "seat", "word", "place", "image")

FILE_TABLES = ("checkpoints", "frames")
ALL_FILES = "SELECT {0} FROM checkpoints UNION ALL SELECT {0} FROM frames"

WORKSPACE = (
    "SELECT created, code, numbers, (SELECT count(*) FROM runs WHERE workspace = workspaces.id), "
    "(SELECT count(*) FROM tokens WHERE workspace = workspaces.id) FROM workspaces WHERE id = ?"
)

STORED_RUNS = (
    "SELECT runs.id, body, epoch, step, coalesce(checkpoints.bytes, 0), coalesce(frames.bytes, 0) FROM runs "
    "LEFT JOIN checkpoints ON runs.id = checkpoints.run LEFT JOIN frames ON runs.id = frames.run "
    "WHERE workspace = ? ORDER BY number"
)

COUNTED = (
    "SELECT coalesce(max(CAST(transactions AS INTEGER)), 0), (SELECT count(*) FROM runs), "
    "(SELECT count(*) FROM examples) + (SELECT count(*) FROM drawings) FROM counted"
)
"""Query that returns the numbers of transactions, of runs, and of examples plus drawings.

It also works if the stored number of transactions is damaged.
"""
