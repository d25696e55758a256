// SPDX-License-Identifier: Apache-2.0
#include "assistant/document_shelf.h"

#include <QFileInfo>

#include "documents/passages.h"
#include "documents/token_map.h"

namespace octavo::app {

namespace {

TokenizedDocument cutIntoPassages(const Document& document, TokenBegins tokens)
{
    const QList<ByteRange> ranges = passagesOf(document);
    const std::vector<std::uint32_t> begins = firstTokens(tokens, ranges);
    TokenizedDocument cut;
    for (std::size_t at = 0; at < begins.size(); ++at) {
        const ByteRange& bytes = ranges[static_cast<qsizetype>(at)];
        if (at + 1 < begins.size() && begins[at + 1] == begins[at])
            continue;   // no token begins in it: a token before it covers it
        if (!cut.passageBegins.empty() && cut.passageBegins.back() == begins[at])
            continue;   // likewise at the text's end
        cut.passages.push_back(bytes);
        cut.passageBegins.push_back(begins[at]);
    }
    cut.tokens = std::move(tokens);
    return cut;
}

} // namespace

Outcome<LoadedDocument> DocumentShelf::load(const QString& path, const LoadProgressed& progress, const std::stop_token& stop)
{
    const Outcome<QString> languages = m_library.read([&](Library& in) { return in.documents().ocrLanguagesFor(QFileInfo(path).canonicalFilePath()); });
    if (!languages)
        return languages.error();
    return loadRecognized(path, *languages, progress, stop);
}

Outcome<LoadedDocument> DocumentShelf::loadRecognized(const QString& path, const QString& languages, const LoadProgressed& progress, const std::stop_token& stop)
{
    Outcome<Document> loaded = m_scans.load(path, languages, progress, stop);
    if (!loaded)
        return loaded.error();
    Outcome<QStringList> leftOut = m_library.read([&](Library& in) { return in.documents().leftOutOf(loaded->path); });
    if (!leftOut)
        return leftOut.error();
    return LoadedDocument{std::move(*loaded), std::move(*leftOut)};
}

Outcome<DocumentId> DocumentShelf::store(Document stored, const std::stop_token& stop)
{
    const auto document = std::make_shared<const Document>(std::move(stored));
    const Outcome<DocumentId> id = m_library.write([&](Library& in) { return in.documents().store(*document, stop); });
    if (id)
        m_documents[*id] = document;
    return id;
}

Outcome<std::shared_ptr<const Document>> DocumentShelf::open(DocumentId id)
{
    if (const auto known = m_documents.find(id); known != m_documents.end())
        return known->second;
    Outcome<std::optional<Document>> loaded = m_library.read([&](Library& in) { return in.documents().load(id); });
    if (!loaded)
        return loaded.error();
    if (!loaded->has_value())
        return Failure{Failure::Kind::Usage, QStringLiteral("There is no document %1 in the library.").arg(id)};
    return m_documents[id] = std::make_shared<const Document>(std::move(**loaded));
}

Outcome<std::shared_ptr<const TokenizedDocument>> DocumentShelf::tokenized(DocumentId id, std::stop_token stop)
{
    if (const auto known = m_tokenized.find(id); known != m_tokenized.end())
        return known->second;
    const Outcome<std::shared_ptr<const Document>> document = open(id);
    if (!document)
        return document.error();
    Outcome<TokenBegins> tokens = m_engine.tokenize((*document)->text, stop);
    if (!tokens)
        return tokens.error();
    return m_tokenized[id] = std::make_shared<const TokenizedDocument>(cutIntoPassages(**document, std::move(*tokens)));
}

void DocumentShelf::drop(DocumentId id)
{
    m_documents.erase(id);
    m_tokenized.erase(id);
}

} // namespace octavo::app
