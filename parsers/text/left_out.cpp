// SPDX-License-Identifier: Apache-2.0
#include "text/left_out.h"

#include <algorithm>

namespace octavo::parsers {

LeftOut::Entry& LeftOut::entry(std::string_view thing, std::string_view why)
{
    const auto same = [&](const Entry& entry) { return entry.thing == thing && entry.why == why; };
    const auto found = std::find_if(m_entries.begin(), m_entries.end(), same);
    return found != m_entries.end() ? *found : m_entries.emplace_back(Entry{std::string(thing), std::string(why)});
}

void LeftOut::report(Sink& sink) const
{
    for (const Entry& entry : m_entries) {
        const std::string count = entry.count > 0 ? std::to_string(entry.count) + ' ' : std::string();
        sink.remark({count + entry.thing + (entry.count > 1 ? "s" : ""), entry.why});
    }
}

} // namespace octavo::parsers
