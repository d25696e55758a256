// SPDX-License-Identifier: Apache-2.0
#include "office/xml_part.h"

namespace octavo::parsers {

XmlDocument xmlPart(const Members& members, const std::string& path)
{
    const auto part = members.find(path);
    if (part == members.end())
        return nullptr;
    auto tree = parseXml(part->second);
    return tree ? std::move(*tree) : nullptr;
}

} // namespace octavo::parsers
