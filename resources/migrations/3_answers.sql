-- Version 3: what answers were made with, so that they can be made again.

CREATE TABLE answer_settings (
    message     INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
    model       TEXT    NOT NULL,
    model_hash  TEXT    NOT NULL,               -- of its weights and adapters
    precision   TEXT    NOT NULL,               -- this and the next three as octavo-cli names them
    kv          TEXT    NOT NULL,
    dims        TEXT    NOT NULL,               -- empty: chosen for each text by its length
    gate        REAL    NOT NULL,
    max_tokens  INTEGER NOT NULL,
    temperature REAL    NOT NULL,
    seed        INTEGER NOT NULL                -- its 64 bits
);
