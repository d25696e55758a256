-- Version 2: where readings are kept, and work that was begun. The pages of the file have checksums from here on (app/library/checked_vfs.h).

ALTER TABLE readings ADD COLUMN file TEXT NOT NULL DEFAULT '';   -- in readings/, without the folder; empty: in no file

CREATE TABLE jobs (                             -- begun and not ended: a start after a crash takes them up again
    id       INTEGER PRIMARY KEY,
    kind     INTEGER NOT NULL,
    document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    begun_at INTEGER NOT NULL,
    UNIQUE (kind, document)
);
