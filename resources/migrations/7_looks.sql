-- Version 7: answers that were asked for with parts of the text hidden or with a wish, and where in an answer each of its sources belongs.

CREATE TABLE answer_hidden (
    message    INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    document   INTEGER NOT NULL REFERENCES documents(id),
    begin_byte INTEGER NOT NULL,
    end_byte   INTEGER NOT NULL,
    PRIMARY KEY (message, position)
) WITHOUT ROWID;
CREATE INDEX answer_hidden_by_document ON answer_hidden(document);

ALTER TABLE citations ADD COLUMN marks TEXT NOT NULL DEFAULT '';   -- ends of the sentences that drew on it, in UTF-16 units of the message's text: "120 340"

ALTER TABLE answer_settings ADD COLUMN wish TEXT NOT NULL DEFAULT '';   -- what was added to the question, such as that the answer be short
