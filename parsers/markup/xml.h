// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <libxml/tree.h>

#include "octavo/parsers/block.h"

namespace octavo::parsers {

struct FreeXml {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using XmlDocument = std::unique_ptr<xmlDoc, FreeXml>;

// A well-formed XML file as a tree. Nothing is loaded from elsewhere, and a file that declares entities is refused: office files and
// EPUB packages have no use for them, bombs and readers of other people's files do. Nested less than 256 deep (libxml2's limit).
// Faults: Damaged, with the reason in its detail.
Expected<XmlDocument, Fault> parseXml(std::string_view bytes);

// A web page or XHTML file as libxml2 mends it; of any depth. Charset: UTF-8 if it is that, else by mark or <meta>, else Windows-1252.
XmlDocument parseHtmlTree(std::string_view bytes);

inline std::string_view nameOf(const xmlNode* node)
{
    return node->name ? reinterpret_cast<const char*>(node->name) : std::string_view();   // without its namespace's prefix
}
inline bool isElement(const xmlNode* node) { return node->type == XML_ELEMENT_NODE; }
inline bool isElement(const xmlNode* node, std::string_view name) { return isElement(node) && nameOf(node) == name; }
inline bool isText(const xmlNode* node) { return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE; }
inline std::string_view textOf(const xmlNode* node) { return node->content ? reinterpret_cast<const char*>(node->content) : std::string_view(); }

// Empty if it is not there. Attributes are matched without their namespace's prefix, or with it where HTML kept it in the name.
std::string_view attributeOf(const xmlNode* element, std::string_view name);
bool hasAttribute(const xmlNode* element, std::string_view name);

// First child element of this name, null if there is none.
const xmlNode* childOf(const xmlNode* element, std::string_view name);

// All text below, as it stands.
std::string allTextOf(const xmlNode* element);

// Depth first, without recursion: the node that follows in document order below `root`, inside `node` or behind it; null at the end.
const xmlNode* following(const xmlNode* node, const xmlNode* root);
const xmlNode* followingBehind(const xmlNode* node, const xmlNode* root);   // not inside `node`

} // namespace octavo::parsers
