-- Version 4: documents that a parser turned into text: where in the original each stretch of it stands. And how files were when they were read.

ALTER TABLE document_files ADD COLUMN format TEXT NOT NULL DEFAULT '';           -- "PDF", "EPUB", …; empty: text as it stands
ALTER TABLE document_files ADD COLUMN places BLOB;                               -- zstd of JSON, see app/documents/place_marks.h; null: none
ALTER TABLE document_files ADD COLUMN disk_bytes INTEGER NOT NULL DEFAULT -1;    -- of the file when it was read; -1: unknown
ALTER TABLE document_files ADD COLUMN modified_at INTEGER NOT NULL DEFAULT 0;    -- likewise
ALTER TABLE document_ledger ADD COLUMN pages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE citations ADD COLUMN page INTEGER NOT NULL DEFAULT 0;                -- 1-based; 0: the document has no pages
