// SPDX-License-Identifier: Apache-2.0
// octavo-parse: turns one document into blocks of text, apart from everything that matters; see octavo/parsers/protocol.h.
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <optional>
#include <string_view>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json_lines.h"
#include "ocr/tesseract.h"
#include "octavo/parsers/protocol.h"
#include "parsers.h"
#include "sandbox.h"
#include "text/words.h"

namespace {

using namespace octavo::parsers;

// In the order of kFormats.
constexpr Parser* kParsers[] = {parsePdf, parseHtml, parseArchive, parseRtf, parseNotebook, parseSubtitles, parseMail, parseMailbox, parseImage};
static_assert(std::size(kParsers) == std::size(kFormats));

using Job = std::function<Parser>;

// The bytes of a regular file; none if it is another thing or too large for this machine's memory.
std::optional<std::string_view> bytesOf(int descriptor)
{
    struct stat facts {};
    if (fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode))
        return std::nullopt;
    const auto bytes = static_cast<std::size_t>(facts.st_size);
    void* const file = bytes > 0 ? mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, descriptor, 0) : nullptr;
    return file == MAP_FAILED ? std::nullopt : std::optional(std::string_view(static_cast<const char*>(file), bytes));
}

Job recognizedJob(RecognizedParser* parse, const char* descriptor)
{
    const auto recognized = bytesOf(numberOf(std::string_view(descriptor), -1));
    return recognized ? Job([=](std::string_view file, Sink& sink) { return parse(file, *recognized, sink); }) : Job();
}

Job parserOf(std::string_view format)
{
    for (std::size_t at = 0; at < std::size(kFormats); ++at) {
        if (format == kFormats[at])
            return kParsers[at];
    }
    return {};
}

// What the command line asks for; empty: nothing that there is.
Job jobOf(int argc, char** argv)
{
    const std::string_view name = argc > 1 ? argv[1] : "";
    if (argc == 2)
        return name == kSizes ? Job(measurePdf) : parserOf(name);
    if (argc == 3 && (name == "pdf" || name == "image"))
        return recognizedJob(name == "pdf" ? parseRecognizedPdf : parseRecognizedImage, argv[2]);
    if (argc == 5 && name == kPicture) {
        const auto page = numberOf(std::string_view(argv[2]), 0);
        const double dpi = std::strtod(argv[3], nullptr);
        const bool inColor = std::string_view(argv[4]) == "color";
        return [=](std::string_view file, Sink& sink) { return drawPdf(file, page, dpi, inColor, sink); };
    }
    return {};
}

} // namespace

int main(int argc, char** argv)
{
    if (argc > 2 && std::string_view(argv[1]) == kRecognize)
        return becomeTesseract(argv + 2);
    const Job job = jobOf(argc, argv);
    struct stat facts {};
    if (!job || fstat(STDIN_FILENO, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        std::fputs("usage: octavo-parse FORMAT < FILE\n", stderr);
        return 2;
    }
    std::setlocale(LC_ALL, "C.UTF-8");   // how libarchive takes names
    const auto file = bytesOf(STDIN_FILENO);
    JsonLines lines(stdout);
    enterSandbox({});
    if (!file)
        lines.end(Fault{Fault::Kind::TooLarge, "too large for this machine's memory"});
    else if (file->empty())
        lines.end(Fault{Fault::Kind::Damaged, "an empty file"});
    else
        lines.end(job(*file, lines));
    return 0;
}
