// SPDX-License-Identifier: Apache-2.0
#include "epub/epub.h"

#include <array>
#include <set>

#include "epub/package.h"
#include "markup/html_blocks.h"
#include "text/words.h"

namespace octavo::parsers {

namespace {

// Scrambled fonts are no lock on a book.
bool isFontScrambling(std::string_view algorithm)
{
    return algorithm == "http://www.idpf.org/2008/embedding" || algorithm == "http://ns.adobe.com/pdf/enc#RC";
}

bool isProtected(const Members& members)
{
    const auto file = members.find("META-INF/encryption.xml");
    if (file == members.end())
        return false;
    const auto tree = parseXml(file->second);
    if (!tree)
        return true;
    const xmlNode* root = xmlDocGetRootElement(tree->get());
    for (const xmlNode* node = root; node; node = following(node, root)) {
        const xmlNode* method = isElement(node, "EncryptedData") ? childOf(node, "EncryptionMethod") : nullptr;
        if (method && !isFontScrambling(attributeOf(method, "Algorithm")))
            return true;
    }
    return false;
}

// The ids a part begins at must exist, or it would never begin.
std::set<std::string, std::less<>> idsOf(const xmlNode* root)
{
    std::set<std::string, std::less<>> ids;
    for (const xmlNode* node = root; node; node = following(node, root)) {
        if (!isElement(node))
            continue;
        ids.emplace(attributeOf(node, "id"));
        if (isElement(node, "a"))
            ids.emplace(attributeOf(node, "name"));
    }
    return ids;
}

class Book {
public:
    Book(const Members& members, Sink& sink) : m_members(members), m_sink(sink) {}

    Parsed read()
    {
        const auto package = epubPackage(m_members);
        if (!package)
            return package.error();
        if (!package->title.empty())
            m_sink.title(package->title);
        m_contents = epubContents(m_members, *package);
        for (std::size_t at = 0; at < package->spine.size(); ++at) {
            readFile(package->spine[at], package->spine[at] == package->navigation);
            m_sink.progress(double(at + 1) / double(package->spine.size()));
        }
        tellUnplacedParts(*package);
        m_leftOut.tell(m_sink);
        return {};
    }

private:
    void readFile(const std::string& path, bool isContents)
    {
        const auto file = m_members.find(path);
        const XmlDocument tree = file == m_members.end() ? nullptr : parseHtmlTree(file->second);
        const xmlNode* root = tree ? xmlDocGetRootElement(tree.get()) : nullptr;
        if (!root)
            return m_sink.remark({path, file == m_members.end() ? "named by the book but not in it" : "no text in it"});
        if (isContents)
            return m_sink.remark({path, "the book's table of contents, taken as its outline"});
        HtmlOptions options{[path](long line) { return path + ':' + std::to_string(line); }};
        const auto ids = idsOf(root);
        for (const EpubEntry& entry : m_contents) {
            if (entry.path == path)
                options.parts.insert({ids.contains(entry.id) ? entry.id : std::string(), {entry.title, entry.level}});
        }
        readHtml(root, options, m_sink, m_leftOut);
    }

    void tellUnplacedParts(const EpubPackage& package)
    {
        const std::set<std::string> read(package.spine.begin(), package.spine.end());
        for (const EpubEntry& entry : m_contents) {
            if (!read.contains(entry.path))
                m_sink.remark({'"' + entry.title + '"', "in the table of contents but not among the book's text"});
        }
    }

    const Members& m_members;
    Sink& m_sink;
    std::vector<EpubEntry> m_contents;
    HtmlLeftOut m_leftOut;
};

} // namespace

Parsed readEpub(const Members& members, Sink& sink)
{
    if (isProtected(members))
        return Fault{Fault::Kind::Encrypted, "protected against copying (DRM)"};
    return Book(members, sink).read();
}

bool isWantedOfEpub(std::string_view path)
{
    if (path == "mimetype" || path.starts_with("META-INF/"))
        return true;
    static constexpr std::array<std::string_view, 7> kSuffixes{".xhtml", ".html", ".htm", ".xml", ".opf", ".ncx", ".xht"};
    const std::string lower = lowerAscii(path);
    return std::any_of(kSuffixes.begin(), kSuffixes.end(), [&](std::string_view suffix) { return lower.ends_with(suffix); });
}

} // namespace octavo::parsers
