-- Version 5: pages that are pictures, and whether text recognition has read them.

ALTER TABLE documents ADD COLUMN ocr_languages TEXT NOT NULL DEFAULT '';         -- "eng+deu", with which its scans were read; empty: they were not
ALTER TABLE document_ledger ADD COLUMN are_scans INTEGER NOT NULL DEFAULT 0;     -- its pages are pictures that text recognition may read
