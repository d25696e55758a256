-- Version 6: sessions that are summaries. Their messages are one per chapter and per whole, each below the request it answers.

CREATE TABLE summaries (
    session INTEGER PRIMARY KEY REFERENCES sessions(id) ON DELETE CASCADE,
    running INTEGER NOT NULL                    -- begun and not ended: a start after a crash goes on with it
);

CREATE TABLE summary_parts (
    session    INTEGER NOT NULL REFERENCES summaries(session) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    kind       INTEGER NOT NULL,                -- SummaryPart::Kind in app/include/octavo/app/summary.h
    document   INTEGER REFERENCES documents(id),-- null: of all documents together
    title      TEXT    NOT NULL,
    begin_byte INTEGER NOT NULL,
    end_byte   INTEGER NOT NULL,
    message    INTEGER REFERENCES messages(id) ON DELETE SET NULL,
    attention  REAL    NOT NULL DEFAULT 0,      -- share of the message's attention that went to the text
    again      INTEGER NOT NULL DEFAULT 0,      -- read again, and put beside the whole
    PRIMARY KEY (session, position)
) WITHOUT ROWID;
CREATE INDEX summary_parts_by_message ON summary_parts(message);
CREATE INDEX summary_parts_by_document ON summary_parts(document);
