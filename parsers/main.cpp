// SPDX-License-Identifier: Apache-2.0
// octavo-parse: turns one document into blocks of text, apart from everything that matters; see octavo/parsers/protocol.h.
#include <clocale>
#include <cstdio>
#include <iterator>
#include <string_view>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json_lines.h"
#include "octavo/parsers/protocol.h"
#include "parsers.h"
#include "sandbox.h"

namespace {

using namespace octavo::parsers;

// In the order of kFormats.
constexpr Parser* kParsers[] = {parsePdf, parseHtml, parseArchive, parseRtf, parseNotebook, parseSubtitles, parseMail, parseMailbox};
static_assert(std::size(kParsers) == std::size(kFormats));

Parser* parserOf(std::string_view format)
{
    for (std::size_t at = 0; at < std::size(kFormats); ++at) {
        if (format == kFormats[at])
            return kParsers[at];
    }
    return nullptr;
}

} // namespace

int main(int argc, char** argv)
{
    Parser* parse = argc == 2 ? parserOf(argv[1]) : nullptr;
    struct stat facts {};
    if (!parse || fstat(STDIN_FILENO, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        std::fputs("usage: octavo-parse FORMAT < FILE\n", stderr);
        return 2;
    }
    std::setlocale(LC_ALL, "C.UTF-8");   // how libarchive takes names
    const auto bytes = static_cast<std::size_t>(facts.st_size);
    void* const file = bytes > 0 ? mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0) : nullptr;
    JsonLines lines(stdout);
    enterSandbox({});
    if (file == MAP_FAILED)
        lines.end(Fault{Fault::Kind::TooLarge, "too large for this machine's memory"});
    else if (bytes == 0)
        lines.end(Fault{Fault::Kind::Damaged, "an empty file"});
    else
        lines.end(parse({static_cast<const char*>(file), bytes}, lines));
    return 0;
}
