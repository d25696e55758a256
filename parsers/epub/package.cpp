// SPDX-License-Identifier: Apache-2.0
#include "epub/package.h"

#include <map>

#include "markup/xml.h"
#include "text/words.h"

namespace octavo::parsers {

namespace {

struct Reference {
    std::string path;
    std::string id;
};

std::string withoutPercents(std::string_view text)
{
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool coded = text[at] == '%' && at + 2 < text.size() && digit(text[at + 1]) >= 0 && digit(text[at + 2]) >= 0;
        result += coded ? static_cast<char>(16 * digit(text[at + 1]) + digit(text[at + 2])) : text[at];
        at += coded ? 2 : 0;
    }
    return result;
}

std::string normalized(std::string_view path)
{
    std::vector<std::string_view> names;
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        const std::string_view name = path.substr(0, slash);
        if (name == "..") {
            if (!names.empty())
                names.pop_back();
        } else if (!name.empty() && name != ".") {
            names.push_back(name);
        }
        path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    }
    std::string result;
    for (const std::string_view name : names)
        result.append(result.empty() ? "" : "/").append(name);
    return result;
}

// What `link`, found in the file `from`, leads to.
Reference resolved(const std::string& from, std::string_view link)
{
    const std::size_t hash = link.find('#');
    const std::string file = withoutPercents(link.substr(0, hash));
    const std::size_t slash = from.rfind('/');
    const std::string folder = slash == std::string::npos ? std::string() : from.substr(0, slash + 1);
    return {file.empty() ? from : normalized(folder + file), hash == std::string_view::npos ? std::string() : withoutPercents(link.substr(hash + 1))};
}

const xmlNode* firstBelow(const xmlNode* root, std::string_view name)
{
    for (const xmlNode* node = root; node; node = following(node, root)) {
        if (isElement(node, name))
            return node;
    }
    return nullptr;
}

int depthBelow(const xmlNode* node, const xmlNode* root, std::string_view name)
{
    int depth = 0;
    for (; node && node != root; node = node->parent)
        depth += isElement(node, name);
    return depth;
}

Expected<std::string, Fault> packagePath(const Members& members)
{
    const auto container = members.find("META-INF/container.xml");
    if (container == members.end())
        return Fault{Fault::Kind::Damaged, "no META-INF/container.xml"};
    const auto tree = parseXml(container->second);
    if (!tree)
        return tree.error();
    const xmlNode* rootfile = firstBelow(xmlDocGetRootElement(tree->get()), "rootfile");
    const std::string path = rootfile ? normalized(withoutPercents(attributeOf(rootfile, "full-path"))) : std::string();
    if (!members.contains(path))
        return Fault{Fault::Kind::Damaged, "its package file is missing"};
    return path;
}

std::vector<EpubEntry> fromNavigation(const std::string& path, const std::string& bytes)
{
    std::vector<EpubEntry> entries;
    const XmlDocument tree = parseHtmlTree(bytes);
    const xmlNode* root = tree ? xmlDocGetRootElement(tree.get()) : nullptr;
    const xmlNode* contents = nullptr;
    for (const xmlNode* node = root; node && !contents; node = following(node, root)) {
        if (isElement(node, "nav") && attributeOf(node, "epub:type") == "toc")
            contents = node;
    }
    for (const xmlNode* node = contents ? contents->children : nullptr; node; node = following(node, contents)) {
        if (!isElement(node, "a"))
            continue;
        const Reference to = resolved(path, attributeOf(node, "href"));
        entries.push_back({to.path, to.id, squeezed(allTextOf(node)), std::max(1, depthBelow(node, contents, "ol"))});
    }
    return entries;
}

std::vector<EpubEntry> fromNcx(const std::string& path, const std::string& bytes)
{
    std::vector<EpubEntry> entries;
    const auto tree = parseXml(bytes);
    const xmlNode* root = tree ? xmlDocGetRootElement(tree->get()) : nullptr;
    for (const xmlNode* node = root; node; node = following(node, root)) {
        if (!isElement(node, "navPoint"))
            continue;
        const xmlNode* label = childOf(node, "navLabel");
        const xmlNode* content = childOf(node, "content");
        if (!label || !content)
            continue;
        const Reference to = resolved(path, attributeOf(content, "src"));
        entries.push_back({to.path, to.id, squeezed(allTextOf(label)), depthBelow(node, root, "navPoint")});
    }
    return entries;
}

} // namespace

Expected<EpubPackage, Fault> epubPackage(const Members& members)
{
    const auto path = packagePath(members);
    if (!path)
        return path.error();
    const auto tree = parseXml(members.at(*path));
    if (!tree)
        return tree.error();
    const xmlNode* root = xmlDocGetRootElement(tree->get());
    EpubPackage package;
    if (const xmlNode* title = firstBelow(root, "title"))
        package.title = squeezed(allTextOf(title));

    std::map<std::string_view, std::string> paths;
    const xmlNode* manifest = childOf(root, "manifest");
    for (const xmlNode* item = manifest ? manifest->children : nullptr; item; item = item->next) {
        if (!isElement(item, "item"))
            continue;
        const std::string file = resolved(*path, attributeOf(item, "href")).path;
        paths.emplace(attributeOf(item, "id"), file);
        if ((' ' + std::string(attributeOf(item, "properties")) + ' ').find(" nav ") != std::string::npos)
            package.navigation = file;
        if (attributeOf(item, "media-type") == "application/x-dtbncx+xml")
            package.ncx = file;
    }
    const xmlNode* spine = childOf(root, "spine");
    for (const xmlNode* item = spine ? spine->children : nullptr; item; item = item->next) {
        if (const auto file = isElement(item, "itemref") ? paths.find(attributeOf(item, "idref")) : paths.end(); file != paths.end())
            package.spine.push_back(file->second);
    }
    if (package.spine.empty())
        return Fault{Fault::Kind::Damaged, "its package file names no text"};
    return package;
}

std::vector<EpubEntry> epubContents(const Members& members, const EpubPackage& package)
{
    if (const auto file = members.find(package.navigation); file != members.end()) {
        if (std::vector<EpubEntry> entries = fromNavigation(package.navigation, file->second); !entries.empty())
            return entries;
    }
    if (const auto file = members.find(package.ncx); file != members.end())
        return fromNcx(package.ncx, file->second);
    return {};
}

} // namespace octavo::parsers
