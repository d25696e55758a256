// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "octavo/parsers/block.h"

namespace octavo::parsers {

// Gathers what a parser leaves out, so that the reader is told once of "12 pictures" and not twelve times of one.
class LeftOut {
public:
    void one(std::string_view thing, std::string_view why) { entry(thing, why).count += 1; }   // `thing` in the singular
    void some(std::string_view things, std::string_view why) { entry(things, why); }           // not counted

    void report(Sink& sink) const;   // in the order of their first times

private:
    struct Entry {
        std::string thing;
        std::string why;
        long count = 0;
    };
    Entry& entry(std::string_view thing, std::string_view why);

    std::vector<Entry> m_entries;   // a handful: kinds of things, never names from a file
};

} // namespace octavo::parsers
