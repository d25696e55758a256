// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "archive/members.h"

namespace octavo::parsers {

// What an EPUB's package file (OPF) says, with all paths from the archive's top.
struct EpubPackage {
    std::string title;
    std::vector<std::string> spine;      // content files in reading order
    std::string navigation;              // EPUB 3 navigation document; empty: none
    std::string ncx;                     // EPUB 2 table of contents; empty: none
};

struct EpubEntry {
    std::string path;       // of the content file
    std::string id;         // within it; empty: its beginning
    std::string title;
    int level = 1;
};

Expected<EpubPackage, Fault> epubPackage(const Members& members);

// The table of contents in its order; empty if there is none that can be read.
std::vector<EpubEntry> epubContents(const Members& members, const EpubPackage& package);

} // namespace octavo::parsers
