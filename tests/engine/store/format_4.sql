PRAGMA user_version = 4;
BEGIN TRANSACTION;
CREATE TABLE checkpoints (run TEXT PRIMARY KEY, file TEXT NOT NULL, bytes INTEGER NOT NULL, crc INTEGER NOT NULL,
                          epoch INTEGER NOT NULL, step INTEGER NOT NULL);
CREATE TABLE classes (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE counted (transactions INTEGER NOT NULL);
INSERT INTO "counted" VALUES(4);
CREATE TABLE dropped_tokens (hash TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE events (run TEXT, first INTEGER, body TEXT NOT NULL, PRIMARY KEY (run, first)) WITHOUT ROWID;
INSERT INTO "events" VALUES('hKdCd4Bcf3U1ybUS',0,'[{"event":"epoch","epoch":1,"loss":0.5,"accuracy":0.8,"val_loss":null,"val_accuracy":null,"seconds":0.4}]');
CREATE TABLE frames (run TEXT PRIMARY KEY, file TEXT NOT NULL, bytes INTEGER NOT NULL,
                                   crc INTEGER NOT NULL);
CREATE TABLE members (class TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (class, id)) WITHOUT ROWID;
CREATE TABLE notes (workspace TEXT, name TEXT, body TEXT NOT NULL, PRIMARY KEY (workspace, name)) WITHOUT ROWID;
INSERT INTO "notes" VALUES('650863d4d9f6c3c3','drawings','[{"label":"7"}]');
CREATE TABLE runs (id TEXT PRIMARY KEY, workspace TEXT NOT NULL, number INTEGER NOT NULL,
                   state TEXT NOT NULL, created REAL NOT NULL, body TEXT NOT NULL);
INSERT INTO "runs" VALUES('hKdCd4Bcf3U1ybUS','650863d4d9f6c3c3',1,'done',1795000000.0,'{"id":"hKdCd4Bcf3U1ybUS","number":1,"settings":{"dataset":"mnist","train_images":null,"validation_split":0.1,"normalisation":true,"augmentation":false,"wrong_labels":0.3,"rare_class":6,"rare_share":0.1,"marked_class":"none","network":"dense","hidden":[128],"activation":"relu","dropout":0.0,"flatten":true,"output_units":10,"epochs":1,"batch_size":32,"optimizer":"adam","learning_rate":0.001,"target_metric":"none","target_value":0.9,"patience":0,"seed":1},"state":"done","name":"old","epochs":1,"epoch":1,"step":0,"parameters":0,"reason":null,"group":null,"created":1795000000.0,"events":1,"result":{"test_loss":0.4,"test_accuracy":0.88,"seconds":2.5,"stopped_by":null,"temperature":1.0,"by_class":[[9,10],[9,10],[9,10],[9,10],[9,10],[9,10],[9,10],[9,10],[9,10],[9,10]],"marked_accuracy":null,"marked_taken":null},"error":null,"versions":{}}');
INSERT INTO "runs" VALUES('ZBbpJJv7Rdq4gj_N','650863d4d9f6c3c3',2,'queued',1795000000.0,'{"id":"ZBbpJJv7Rdq4gj_N","number":2,"settings":{"dataset":"mnist","train_images":null,"validation_split":0.1,"normalisation":true,"augmentation":false,"wrong_labels":0.0,"rare_class":"none","rare_share":0.1,"marked_class":"none","network":"dense","hidden":[128],"activation":"relu","dropout":0.0,"flatten":true,"output_units":10,"epochs":5,"batch_size":32,"optimizer":"adam","learning_rate":0.001,"target_metric":"none","target_value":0.9,"patience":0,"seed":8},"state":"queued","name":"","epochs":5,"epoch":0,"step":0,"parameters":0,"reason":null,"group":"seeds","created":1795000000.0,"events":0,"result":null,"error":null,"versions":{}}');
CREATE TABLE tokens (hash TEXT PRIMARY KEY, workspace TEXT NOT NULL, sealed_code BLOB);
INSERT INTO "tokens" VALUES('f843737ffdc9c5dcb6c2ef5c72239470e0ccfd85a9bc5d2b65c627259e09d342','650863d4d9f6c3c3',X'5E203D1AC0B25010F42297979474BF765AFDCC47B569C25B628240636257DBCB1FF98D103A9489A4C9761B64B4DECE');
CREATE TABLE workspaces (id TEXT PRIMARY KEY, created REAL NOT NULL, code TEXT UNIQUE, numbers INTEGER NOT NULL);
INSERT INTO "workspaces" VALUES('650863d4d9f6c3c3',1795000000.0,'8cbb8b7e15af3d4ccab9b2a085858e53a358f123d133377a9a1f0ba655362a64',2);
CREATE INDEX runs_of_workspace ON runs (workspace);
CREATE INDEX tokens_of_workspace ON tokens (workspace);
COMMIT;
