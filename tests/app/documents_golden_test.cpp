// SPDX-License-Identifier: Apache-2.0
// What each document of the corpus becomes: title, outline and ledger, or the sentence that refuses it, as tests/data/documents/golden/ has it.
// They are Octavo's own words; that they are right is told by facts.json and places/. To write them anew, and then to read what changed:
//   OCTAVO_WRITE_GOLDEN=1 build/dev/bin/app_tests --gtest_filter='DocumentGolden.*' && git diff tests/data/documents/golden
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "documents_support.h"
#include "support/corpus.h"

namespace octavo::app {
namespace {

namespace fs = std::filesystem;

const char* const kPartKinds[] = {"book", "chapter", "section", "folder", "file", "function", "class"};
const char* const kDocumentKinds[] = {"plain text", "Markdown", "code", "folder", "formatted"};

// A part with the words that it begins with.
void write(std::ostream& out, const Document& document, const QList<Part>& parts, int depth)
{
    constexpr qsizetype kFirstWords = 50;
    for (const Part& part : parts) {
        const QString words = QString::fromUtf8(document.text.sliced(part.bytes.begin, part.bytes.size())).simplified().left(kFirstWords);
        out << std::string(4 * std::size_t(depth), ' ') << kPartKinds[int(part.kind)] << " “" << part.title.toStdString() << "”: " << words.toStdString() << '\n';
        write(out, document, part.parts, depth + 1);
    }
}

std::string described(const fs::path& path)
{
    const auto document = test::load(QString::fromStdString(path.string()));
    if (!document)
        return "refused: " + QString(document.error().sentence).replace(QString::fromStdString(path.parent_path().string() + '/'), QString()).toStdString() + '\n';
    std::ostringstream out;
    out << kDocumentKinds[int(document->kind)] << ", “" << document->title.toStdString() << "”\n\nledger\n";
    for (const LedgerEntry& entry : document->ledger) {
        out << "    " << (entry.included ? "read" : "left out") << ": " << entry.what.toStdString() << ", " << entry.bytes << " bytes";
        if (entry.pages > 0)
            out << ", " << entry.pages << " pages";
        out << (entry.why.isEmpty() ? "" : " – ") << entry.why.toStdString() << '\n';
    }
    out << "\noutline\n";
    write(out, *document, document->outline.parts, 1);
    return out.str();
}

TEST(DocumentGolden, OutlineAndLedgerAreAsBefore)
{
    const bool writes = qEnvironmentVariableIsSet("OCTAVO_WRITE_GOLDEN");
    const fs::path goldens = test::corpusFolder() / "golden";
    for (const fs::path& path : test::corpusPaths()) {
        const fs::path golden = goldens / (path.lexically_relative(test::corpusFolder()).string() + ".txt");
        SCOPED_TRACE(golden.string());
        const std::string now = described(path);
        if (writes) {
            fs::create_directories(golden.parent_path());
            std::ofstream(golden) << now;
            continue;
        }
        ASSERT_TRUE(fs::exists(golden)) << "it is not there; the head of documents_golden_test.cpp tells how it is made";
        EXPECT_EQ(now, test::bytesOf(golden));
    }
    EXPECT_FALSE(writes) << "written anew; nothing was compared";
}

} // namespace
} // namespace octavo::app
