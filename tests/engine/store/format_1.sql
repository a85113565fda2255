BEGIN TRANSACTION;
CREATE TABLE checkpoints (run TEXT PRIMARY KEY, file TEXT NOT NULL, bytes INTEGER NOT NULL, crc INTEGER NOT NULL,
                          epoch INTEGER NOT NULL, step INTEGER NOT NULL);
INSERT INTO "checkpoints" VALUES('xQYysUpm9UfiMai4','xQYysUpm9UfiMai4-1-0-1ad27358.npz',7,449999704,1,0);
CREATE TABLE events (run TEXT, first INTEGER, body TEXT NOT NULL, PRIMARY KEY (run, first)) WITHOUT ROWID;
INSERT INTO "events" VALUES('xQYysUpm9UfiMai4',0,'[{"event":"started","parameters":52650,"train_images":54000,"validation_images":6000,"steps_per_epoch":1688,"epochs":1},{"event":"block","epoch":1,"step":75,"loss":1.25,"accuracy":0.5},{"event":"epoch","epoch":1,"loss":0.5,"accuracy":0.8,"val_loss":0.45,"val_accuracy":0.82,"seconds":2.4},{"event":"result","state":"done","test_loss":0.4,"test_accuracy":0.88,"seconds":2.5,"stopped_by":null,"temperature":1.25}]');
CREATE TABLE notes (workspace TEXT, name TEXT, body TEXT NOT NULL, PRIMARY KEY (workspace, name)) WITHOUT ROWID;
INSERT INTO "notes" VALUES('852a7e40ddbaeef5','drawings','["kept"]');
CREATE TABLE runs (id TEXT PRIMARY KEY, workspace TEXT NOT NULL, number INTEGER NOT NULL,
                   state TEXT NOT NULL, created REAL NOT NULL, body TEXT NOT NULL);
INSERT INTO "runs" VALUES('xQYysUpm9UfiMai4','852a7e40ddbaeef5',1,'done',1790000000.0,'{"id":"xQYysUpm9UfiMai4","number":1,"settings":{"dataset":"fashion_mnist","train_images":null,"validation_split":0.1,"normalisation":true,"augmentation":false,"network":"dense","hidden":[64,32],"activation":"relu","dropout":0.0,"flatten":true,"output_units":10,"epochs":5,"batch_size":32,"optimizer":"adam","learning_rate":0.001,"target_metric":"none","target_value":0.9,"patience":0,"seed":1},"state":"done","name":"","epochs":1,"epoch":1,"step":0,"parameters":0,"reason":null,"group":null,"created":1790000000.0,"events":4,"result":{"test_loss":0.4,"test_accuracy":0.88,"seconds":2.5,"stopped_by":null,"temperature":1.25},"error":null,"versions":{}}');
CREATE TABLE tokens (hash TEXT PRIMARY KEY, workspace TEXT NOT NULL, sealed_code BLOB);
INSERT INTO "tokens" VALUES('e6720093d8b4b6d5ac5ea28129f9a54a3be34952f5cf52d20be5f70b9392f485','852a7e40ddbaeef5',X'EE74FE6F95124092BE17');
INSERT INTO "tokens" VALUES('7e470ca06bdae3dc4a75c49f902f8c1b98d37a8de3f89dac439a17b549db2283','852a7e40ddbaeef5',X'E7828C191EFD8118DBDD');
CREATE TABLE workspaces (id TEXT PRIMARY KEY, created REAL NOT NULL, code TEXT UNIQUE, numbers INTEGER NOT NULL);
INSERT INTO "workspaces" VALUES('852a7e40ddbaeef5',1790000000.0,'07d49e946fc5e105a86e97858783da5ac897d4343d68de7de4ac11ba636ef75a',1);
CREATE INDEX runs_of_workspace ON runs (workspace);
CREATE INDEX tokens_of_workspace ON tokens (workspace);
PRAGMA user_version = 1;
COMMIT;
