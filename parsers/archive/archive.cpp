// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "archive/members.h"
#include "epub/epub.h"
#include "office/docx.h"
#include "office/odt.h"
#include "parsers.h"

namespace octavo::parsers {

namespace {

enum class Container { Folder, Epub, Docx, Odt, Sheet };

// By the names of its members alone: nothing is unpacked for it.
Expected<Container, Fault> containerOf(std::string_view file)
{
    std::set<std::string, std::less<>> names;
    const auto look = [&](const MemberHeader& header) {
        names.insert(header.path);
        return false;
    };
    const Parsed read = ArchiveWalk::through(file, look, [](const MemberHeader&, std::string&&) { return true; });
    if (names.contains("META-INF/container.xml") && names.contains("mimetype"))
        return Container::Epub;
    if (names.contains("word/document.xml"))
        return Container::Docx;
    if (names.contains("content.xml") && names.contains("mimetype"))
        return Container::Odt;
    if (names.contains("xl/workbook.xml") || names.contains("ppt/presentation.xml"))
        return Container::Sheet;
    if (!read)
        return read.error();
    return Container::Folder;
}

Parsed readDocument(std::string_view file, const char* format, bool wanted(std::string_view), Parsed read(const Members&, Sink&), Sink& sink)
{
    sink.format(format);
    const auto members = membersOf(file, [wanted](const MemberHeader& header) { return header.isFile && wanted(header.path); });
    return members ? read(*members, sink) : members.error();
}

Parsed readFolder(std::string_view file, Sink& sink)
{
    std::set<std::string> seen;
    const auto wanted = [&](const MemberHeader& header) {
        if (!header.isFile)
            return false;
        if (header.leavesFolder)
            sink.remark({header.path, "its path leaves the archive"});
        else if (header.isEncrypted)
            sink.remark({header.path, "needs a password"});
        else if (!seen.insert(header.path).second)
            sink.remark({header.path, "another file of the same name came before it"});
        else
            return true;
        return false;
    };
    return ArchiveWalk::through(file, wanted, [&](const MemberHeader& header, std::string&& bytes) {
        sink.member(header.path, bytes);
        return true;
    });
}

} // namespace

Parsed parseArchive(std::string_view file, Sink& sink)
{
    const auto container = containerOf(file);
    if (!container)
        return container.error();
    switch (*container) {
    case Container::Epub: return readDocument(file, "EPUB", isWantedOfEpub, readEpub, sink);
    case Container::Docx: return readDocument(file, "DOCX", isWantedOfDocx, readDocx, sink);
    case Container::Odt: return readDocument(file, "ODT", isWantedOfOdt, readOdt, sink);
    case Container::Sheet: return Fault{Fault::Kind::Unsupported, "a spreadsheet or slides; save it as CSV or PDF"};
    case Container::Folder: break;
    }
    return readFolder(file, sink);
}

} // namespace octavo::parsers
