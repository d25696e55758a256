// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

namespace octavo::parsers {

// Makes of what a stranger calls a file a name that can do no harm and that no other attachment has.
class AttachmentNames {
public:
    std::string pathFor(std::string_view name);   // "attachments/…"

private:
    std::unordered_map<std::string, int> m_uses;   // by name, in lower case
};

} // namespace octavo::parsers
