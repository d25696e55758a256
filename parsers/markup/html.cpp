// SPDX-License-Identifier: Apache-2.0
#include "markup/html_blocks.h"
#include "parsers.h"

namespace octavo::parsers {

Parsed parseHtml(std::string_view file, Sink& sink)
{
    const XmlDocument document = parseHtmlTree(file);
    const xmlNode* root = document ? xmlDocGetRootElement(document.get()) : nullptr;
    if (!root)
        return Fault{};
    if (const std::string title = htmlTitle(root); !title.empty())
        sink.title(title);
    HtmlLeftOut leftOut;
    readHtml(root, {[](long line) { return "line " + std::to_string(line); }}, sink, leftOut);
    leftOut.tell(sink);
    return {};
}

} // namespace octavo::parsers
