-- Version 1: documents with their text form, readings, sessions, messages as a tree, citations, hop records, settings, search.
-- Numbers of kinds, roles and states are those of the enums in app/include/octavo/app; they are never reused.
-- Times are milliseconds since 1970, UTC.

CREATE TABLE documents (
    id           INTEGER PRIMARY KEY,
    content_hash TEXT    NOT NULL UNIQUE,       -- xxh3-128 of the text form, hexadecimal
    path         TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    kind         INTEGER NOT NULL,
    text_bytes   INTEGER NOT NULL,
    text         BLOB    NOT NULL,              -- zstd
    pinned       INTEGER NOT NULL DEFAULT 0,
    added_at     INTEGER NOT NULL,
    removed_at   INTEGER                        -- kept for the sessions that cite it
);

CREATE TABLE document_files (
    document      INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    position      INTEGER NOT NULL,
    path          TEXT    NOT NULL,
    relative_path TEXT    NOT NULL,
    encoding      TEXT    NOT NULL,
    begin_byte    INTEGER NOT NULL,
    end_byte      INTEGER NOT NULL,
    PRIMARY KEY (document, position)
) WITHOUT ROWID;

CREATE TABLE document_parts (
    document   INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,                -- preorder; 0 is the root
    depth      INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    title      TEXT    NOT NULL,
    begin_byte INTEGER NOT NULL,
    end_byte   INTEGER NOT NULL,
    PRIMARY KEY (document, position)
) WITHOUT ROWID;

CREATE TABLE document_ledger (
    document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    what     TEXT    NOT NULL,
    why      TEXT    NOT NULL,
    bytes    INTEGER NOT NULL,
    included INTEGER NOT NULL,
    PRIMARY KEY (document, position)
) WITHOUT ROWID;

CREATE TABLE readings (                         -- how far each model has read each document
    document    INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    model_hash  TEXT    NOT NULL,
    model       TEXT    NOT NULL,
    tokens      INTEGER NOT NULL,
    read_tokens INTEGER NOT NULL,
    kv_bytes    INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (document, model_hash)
) WITHOUT ROWID;

CREATE TABLE sessions (
    id         INTEGER PRIMARY KEY,
    title      TEXT    NOT NULL,
    head       INTEGER REFERENCES messages(id) ON DELETE SET NULL,  -- last message of the branch shown
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    trashed_at INTEGER
);

CREATE TABLE session_documents (
    session  INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    document INTEGER NOT NULL REFERENCES documents(id),
    PRIMARY KEY (session, position)
) WITHOUT ROWID;
CREATE INDEX session_documents_by_document ON session_documents(document);

CREATE TABLE messages (
    id      INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
    parent  INTEGER REFERENCES messages(id) ON DELETE CASCADE,
    role    INTEGER NOT NULL,
    state   INTEGER NOT NULL,
    text    TEXT    NOT NULL,
    note    TEXT    NOT NULL DEFAULT '',
    at      INTEGER NOT NULL
);
CREATE INDEX messages_by_session ON messages(session);
CREATE INDEX messages_by_parent ON messages(parent);

CREATE TABLE citations (
    message        INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
    position       INTEGER NOT NULL,
    document       INTEGER NOT NULL REFERENCES documents(id),
    document_title TEXT    NOT NULL,
    place          TEXT    NOT NULL,
    begin_byte     INTEGER NOT NULL,
    end_byte       INTEGER NOT NULL,
    line           INTEGER NOT NULL,
    weight         REAL    NOT NULL,
    text           TEXT    NOT NULL,
    PRIMARY KEY (message, position)
) WITHOUT ROWID;
CREATE INDEX citations_by_document ON citations(document);

CREATE TABLE hop_records (
    message INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
    record  BLOB NOT NULL                       -- magic, version, zstd; see app/assistant/hop_record.h
);

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- One row per session title (rowid 2·session) and per message (rowid 2·message + 1).
CREATE VIRTUAL TABLE search USING fts5(words, session UNINDEXED, tokenize = 'unicode61 remove_diacritics 2');

CREATE TRIGGER session_added AFTER INSERT ON sessions BEGIN
    INSERT INTO search(rowid, words, session) VALUES (2 * new.id, new.title, new.id);
END;
CREATE TRIGGER session_renamed AFTER UPDATE OF title ON sessions BEGIN
    UPDATE search SET words = new.title WHERE rowid = 2 * new.id;
END;
CREATE TRIGGER session_deleted AFTER DELETE ON sessions BEGIN
    DELETE FROM search WHERE rowid = 2 * old.id;
END;
CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN
    INSERT INTO search(rowid, words, session) VALUES (2 * new.id + 1, new.text, new.session);
END;
CREATE TRIGGER message_changed AFTER UPDATE OF text ON messages BEGIN
    UPDATE search SET words = new.text WHERE rowid = 2 * new.id + 1;
END;
CREATE TRIGGER message_deleted AFTER DELETE ON messages BEGIN
    DELETE FROM search WHERE rowid = 2 * old.id + 1;
END;
