// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "octavo/parsers/block.h"

namespace octavo::parsers {

// A file inside an archive as its header tells it; what a stranger wrote there may be anything.
struct MemberHeader {
    std::string path;          // relative, '/' between names; empty if the archive has no name for it
    bool isFile = false;
    bool isEncrypted = false;
    bool leavesFolder = false; // an absolute path, or one with ".."
};

// Goes through an archive of any kind that libarchive reads, unpacked on the way: ZIP, tar with any compression, 7z, rar, cpio, and a single
// compressed file. `wanted` says which members' bytes are to be unpacked, `take` gets them; either may end it by returning false.
// Faults: Damaged; Encrypted, if a wanted member is; TooLarge, when more than kMostUnpackedBytes come out, or more than kMostExpansion
// times the file's size and kSmallBytes.
class ArchiveWalk {
public:
    static constexpr std::size_t kMostUnpackedBytes = std::size_t(1) << 30;
    // Text in office files expands 10 to 30 times, a repeated table row 100 times; bombs a thousand times and more.
    static constexpr std::size_t kMostExpansion = 200;
    static constexpr std::size_t kSmallBytes = std::size_t(64) << 20;

    using Wanted = std::function<bool(const MemberHeader&)>;
    using Take = std::function<bool(const MemberHeader&, std::string&& bytes)>;

    static Parsed through(std::string_view file, const Wanted& wanted, const Take& take);
};

using Members = std::map<std::string, std::string>;   // path → bytes

// The members of a document that is a ZIP file; of a name that comes twice the last one, as office programs do it.
Expected<Members, Fault> membersOf(std::string_view file, const ArchiveWalk::Wanted& wanted);

} // namespace octavo::parsers
