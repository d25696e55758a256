// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <vector>

#include "assistant/book_engine.h"
#include "assistant/scan_reader.h"
#include "documents/document_loader.h"
#include "library/library.h"

namespace octavo::app {

// A document of the library as the engine sees it: in tokens, cut into the passages that hops and sources are told in.
struct TokenizedDocument {
    TokenBegins tokens;                           // of the text form
    std::vector<ByteRange> passages;              // in text order; those in which a token begins
    std::vector<std::uint32_t> passageBegins;     // first token of each passage, ascending, the first 0
};

// All that a file or folder holds, and what the person left out of it when it was read before.
struct LoadedDocument {
    Document document;
    QStringList leftOut{};
};

// Brings documents in: from disk into the library, from the library into memory, and cuts them into tokens and passages.
// Loaded ones stay in memory until removed. Threads: one at a time. Lifetime: library and engine outlive it.
class DocumentShelf {
public:
    // Reads so many scans at once; 0: one per core.
    DocumentShelf(Library& library, BookEngine& engine, int threads) : m_library(library), m_engine(engine), m_scans(library, threads) {}

    // Its scans are read as those of the document that it takes the place of.
    Outcome<LoadedDocument> load(const QString& path, const LoadProgressed& progress, const std::stop_token& stop);
    // The same with its scans read in these languages.
    Outcome<LoadedDocument> loadRecognized(const QString& path, const QString& languages, const LoadProgressed& progress, const std::stop_token& stop);
    // The same text is the same document.
    Outcome<DocumentId> store(Document document, const std::stop_token& stop);
    ScanReader& scans() { return m_scans; }
    Outcome<std::shared_ptr<const Document>> open(DocumentId id);
    // In the tokens of the engine's model; call forgetTokens() when that changes.
    Outcome<std::shared_ptr<const TokenizedDocument>> tokenized(DocumentId id, std::stop_token stop);
    void forgetTokens() { m_tokenized.clear(); }
    void drop(DocumentId id);

private:
    Library& m_library;
    BookEngine& m_engine;
    ScanReader m_scans;
    std::map<DocumentId, std::shared_ptr<const Document>> m_documents;
    std::map<DocumentId, std::shared_ptr<const TokenizedDocument>> m_tokenized;
};

} // namespace octavo::app
