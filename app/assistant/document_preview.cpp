// SPDX-License-Identifier: Apache-2.0
#include "assistant/document_preview.h"

#include <algorithm>

#include "documents/left_out.h"
#include "documents/load_fault.h"

namespace octavo::app {

namespace {

constexpr qint64 kPiece = 128 << 10;      // counted at once: 15 ms at 10 MB/s
constexpr qint64 kLookForLine = 4 << 10;
constexpr int kChapterDepth = 2;

bool isInk(char byte) { return byte > ' ' && byte < 0x7F; }

// Where to cut a long range so that no token lies across: behind a line's end between visible characters.
qint64 cutAfter(QByteArrayView text, qint64 begin, qint64 end)
{
    const qint64 wanted = begin + kPiece;
    if (wanted + kLookForLine >= end)
        return end;
    for (qint64 at = wanted; at < wanted + kLookForLine; ++at) {
        if (text[at - 1] == '\n' && isInk(text[at - 2]) && isInk(text[at]))
            return at;
    }
    return wanted;
}

// How many tokens begin before each of some places in a text.
class TokensBefore {
public:
    // `places`: ascending; the first 0, the last the text's end.
    static Outcome<TokensBefore> count(const QByteArray& text, std::vector<qint64> places, BookEngine& engine, const std::function<void(qint64)>& counted,
                                       const std::stop_token& stop)
    {
        TokensBefore before;
        qint64 tokens = 0;
        qint64 at = 0;
        for (const qint64 place : places) {
            while (at < place) {
                if (stop.stop_requested())
                    return stopped();
                const qint64 cut = cutAfter(text, at, place);
                const qint64 seen = std::min<qint64>(cut + 1, text.size());   // blanks are cut into tokens by what follows them
                const Outcome<TokenBegins> begins = engine.tokenize(QByteArray::fromRawData(text.constData() + at, seen - at), stop);
                if (!begins)
                    return begins.error();
                tokens += std::lower_bound(begins->begin(), begins->end(), static_cast<std::uint64_t>(cut - at)) - begins->begin();
                at = cut;
                counted(at);
            }
            before.m_tokens.push_back(tokens);
        }
        before.m_places = std::move(places);
        return before;
    }

    qint64 in(ByteRange bytes) const { return upTo(bytes.end) - upTo(bytes.begin); }

private:
    qint64 upTo(qint64 place) const
    {
        const auto found = std::lower_bound(m_places.begin(), m_places.end(), place);
        return found == m_places.end() ? m_tokens.back() : m_tokens[static_cast<std::size_t>(found - m_places.begin())];
    }

    std::vector<qint64> m_places;
    std::vector<qint64> m_tokens;
};

void addPlaces(const QList<Part>& parts, int depth, std::vector<qint64>& places)
{
    for (const Part& part : parts) {
        places.push_back(part.bytes.begin);
        places.push_back(part.bytes.end);
        if (depth < kChapterDepth)
            addPlaces(part.parts, depth + 1, places);
    }
}

std::vector<qint64> placesIn(const Document& document)
{
    std::vector<qint64> places{0, document.text.size()};
    if (document.kind == DocumentKind::Folder) {
        for (const SourceFile& file : document.files)
            places.push_back(file.bytes.end);   // the next one's heading line begins there
    } else {
        addPlaces(document.outline.parts, 1, places);
    }
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    return places;
}

QList<PreviewItem> chaptersOf(const QList<Part>& parts, int depth, const TokensBefore& tokens)
{
    QList<PreviewItem> items;
    for (const Part& part : parts)
        items.append({part.title.simplified(), {}, part.kind, tokens.in(part.bytes), part.bytes.size(), {}, false,
                      depth < kChapterDepth ? chaptersOf(part.parts, depth + 1, tokens) : QList<PreviewItem>()});
    return items;
}

// The ledger's lines as a tree. What is in one folder stands together in it, so the folder to put a line into is always the last of its name.
class Tree {
public:
    explicit Tree(const QStringList& leftOut) : m_leftOut(leftOut) {}

    void add(const QString& path, qint64 bytes, qint64 tokens, const QString& why)
    {
        PreviewItem* around = &m_root;
        const bool isFolder = path.endsWith('/');
        const qsizetype end = isFolder ? path.size() - 1 : path.size();
        qsizetype begin = 0;
        for (qsizetype slash = path.indexOf('/'); slash >= 0 && slash < end; slash = path.indexOf('/', begin)) {
            around = folderIn(*around, path.sliced(begin, slash - begin), path.first(slash + 1));
            begin = slash + 1;
        }
        around->items.append({path.sliced(begin, end - begin), path, isFolder ? PartKind::Folder : PartKind::File, tokens, bytes, why, isLeftOut(path), {}});
    }

    PreviewItem take() &&
    {
        addUp(m_root);
        return std::move(m_root);
    }

private:
    PreviewItem* folderIn(PreviewItem& around, const QString& name, const QString& path) const
    {
        for (auto item = around.items.rbegin(); item != around.items.rend(); ++item) {
            if (item->kind == PartKind::Folder && item->name == name)
                return &*item;
            if (item->kind == PartKind::Folder)
                break;
        }
        around.items.append({name, path, PartKind::Folder, 0, 0, {}, isLeftOut(path), {}});
        return &around.items.back();
    }

    bool isLeftOut(const QString& path) const { return !m_leftOut.around(path).isEmpty(); }

    static void addUp(PreviewItem& item)
    {
        for (PreviewItem& child : item.items) {
            addUp(child);
            if (child.why.isEmpty()) {
                item.tokens += child.tokens;
                item.bytes += child.bytes;
            }
        }
    }

    LeftOut m_leftOut;
    PreviewItem m_root;
};

PreviewItem filesOf(const Document& document, const QStringList& leftOut, const TokensBefore& tokens)
{
    Tree tree(leftOut);
    qsizetype next = 0;   // files stand in the order of their lines
    for (const LedgerEntry& entry : document.ledger) {
        const bool isFile = entry.included && next < document.files.size() && document.files[next].relativePath == entry.what;
        if (isFile) {
            const qint64 begin = next == 0 ? 0 : document.files[next - 1].bytes.end;
            tree.add(entry.what, entry.bytes, tokens.in({begin, document.files[next].bytes.end}), {});
            ++next;
        } else {
            tree.add(entry.what, entry.bytes, 0, entry.why);
        }
    }
    return std::move(tree).take();
}

} // namespace

Outcome<PreviewItem> previewOf(const Document& document, const QStringList& leftOut, BookEngine& engine, const std::function<void(qint64)>& counted,
                               const std::stop_token& stop)
{
    const Outcome<TokensBefore> tokens = TokensBefore::count(document.text, placesIn(document), engine, counted, stop);
    if (!tokens)
        return tokens.error();
    PreviewItem item;
    if (document.kind == DocumentKind::Folder) {
        item = filesOf(document, leftOut, *tokens);
        item.kind = PartKind::Folder;
    } else {
        item.kind = document.outline.kind;
        item.tokens = tokens->in({0, document.text.size()});
        item.bytes = document.ledger.isEmpty() ? document.text.size() : document.ledger.first().bytes;
        item.items = chaptersOf(document.outline.parts, 1, *tokens);
    }
    item.name = document.title.simplified();
    return item;
}

qint64 tokensLeftOut(const PreviewItem& item)
{
    if (item.leftOut)
        return item.tokens;
    qint64 tokens = 0;
    for (const PreviewItem& child : item.items)
        tokens += tokensLeftOut(child);
    return tokens;
}

} // namespace octavo::app
