// SPDX-License-Identifier: Apache-2.0
#include "markup/xml.h"

#include <climits>

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "text/utf8.h"
#include "text/words.h"

namespace octavo::parsers {

namespace {

constexpr int kQuiet = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT;

struct FreeContext {
    void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
};
struct FreeHtmlContext {
    void operator()(htmlParserCtxt* context) const { htmlFreeParserCtxt(context); }
};

void refuseEntity(void* context, const xmlChar*, int, const xmlChar*, const xmlChar*, xmlChar*)
{
    auto* parser = static_cast<xmlParserCtxt*>(context);
    parser->_private = parser;   // seen below: it was refused
    xmlStopParser(parser);
}

// libxml2 lets bytes through that are none of the charset that a page claims. Comments and the like stay as they are: nobody reads them.
void mendText(xmlNode* node)
{
    if (isText(node) && !isUtf8(textOf(node))) {
        const std::string mended = validUtf8(textOf(node));
        xmlNodeSetContent(node, reinterpret_cast<const xmlChar*>(mended.c_str()));
    }
}

void mendTexts(xmlNode* root)
{
    for (const xmlNode* node = root; node; node = following(node, root)) {
        mendText(const_cast<xmlNode*>(node));
        for (const xmlAttr* attribute = isElement(node) ? node->properties : nullptr; attribute; attribute = attribute->next) {
            for (xmlNode* value = attribute->children; value; value = value->next)
                mendText(value);
        }
    }
}

// libxml2 goes by <meta> alone, and takes a page without for ISO-8859-1.
const char* charsetOf(std::string_view bytes)
{
    if (bytes.starts_with("\xFF\xFE"))
        return "UTF-16LE";
    if (bytes.starts_with("\xFE\xFF"))
        return "UTF-16BE";
    if (isUtf8(bytes))
        return "UTF-8";
    const std::string head = lowerAscii(bytes.substr(0, 4096));
    return head.find("charset") != std::string::npos ? nullptr : "WINDOWS-1252";
}

} // namespace

Expected<XmlDocument, Fault> parseXml(std::string_view bytes)
{
    if (bytes.size() > INT_MAX)
        return Fault{Fault::Kind::TooLarge};
    const std::unique_ptr<xmlParserCtxt, FreeContext> context(xmlCreateMemoryParserCtxt(bytes.data(), int(bytes.size())));
    if (!context)
        return Fault{Fault::Kind::Damaged, "an empty part"};
    xmlCtxtUseOptions(context.get(), kQuiet);
    context->sax->entityDecl = refuseEntity;
    context->linenumbers = 1;
    xmlParseDocument(context.get());
    XmlDocument document(context->myDoc);
    context->myDoc = nullptr;
    if (context->_private)
        return Fault{Fault::Kind::Damaged, "declares entities of its own, which Octavo refuses"};
    if (!context->wellFormed || !document || !xmlDocGetRootElement(document.get()))
        return Fault{Fault::Kind::Damaged, "XML that is not well-formed"};
    return document;
}

XmlDocument parseHtmlTree(std::string_view bytes)
{
    if (bytes.starts_with("\xEF\xBB\xBF"))
        bytes.remove_prefix(3);
    if (bytes.empty() || bytes.size() > INT_MAX)
        return nullptr;
    const std::unique_ptr<htmlParserCtxt, FreeHtmlContext> context(htmlCreateMemoryParserCtxt(bytes.data(), int(bytes.size())));
    if (!context)
        return nullptr;
    htmlCtxtUseOptions(context.get(), HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_COMPACT);
    context->options |= XML_PARSE_HUGE | XML_PARSE_BIG_LINES;   // tag soup may nest deeper than 256
    context->linenumbers = 1;
    if (const char* charset = charsetOf(bytes)) {
        if (xmlCharEncodingHandler* handler = xmlFindCharEncodingHandler(charset))
            xmlSwitchToEncoding(context.get(), handler);
        htmlCtxtUseOptions(context.get(), context->options | HTML_PARSE_IGNORE_ENC);   // whatever <meta> says, which may be stale
    }
    htmlParseDocument(context.get());
    XmlDocument document(context->myDoc);
    context->myDoc = nullptr;
    if (document)
        mendTexts(xmlDocGetRootElement(document.get()));
    return document;
}

std::string_view attributeOf(const xmlNode* element, std::string_view name)
{
    for (const xmlAttr* attribute = element->properties; attribute; attribute = attribute->next) {
        if (reinterpret_cast<const char*>(attribute->name) == name)
            return attribute->children && isText(attribute->children) ? textOf(attribute->children) : std::string_view();
    }
    return {};
}

bool hasAttribute(const xmlNode* element, std::string_view name)
{
    for (const xmlAttr* attribute = element->properties; attribute; attribute = attribute->next) {
        if (reinterpret_cast<const char*>(attribute->name) == name)
            return true;
    }
    return false;
}

const xmlNode* childOf(const xmlNode* element, std::string_view name)
{
    for (const xmlNode* child = element ? element->children : nullptr; child; child = child->next) {
        if (isElement(child, name))
            return child;
    }
    return nullptr;
}

std::string allTextOf(const xmlNode* element)
{
    std::string text;
    for (const xmlNode* node = element->children; node; node = following(node, element)) {
        if (isText(node))
            text += textOf(node);
    }
    return text;
}

const xmlNode* following(const xmlNode* node, const xmlNode* root)
{
    if (node->children && node->type != XML_ENTITY_REF_NODE)
        return node->children;
    return followingBehind(node, root);
}

const xmlNode* followingBehind(const xmlNode* node, const xmlNode* root)
{
    while (node && node != root) {
        if (node->next)
            return node->next;
        node = node->parent;
    }
    return nullptr;
}

} // namespace octavo::parsers
