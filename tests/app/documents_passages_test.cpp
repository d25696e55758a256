// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <QFileInfo>
#include <gtest/gtest.h>

#include "documents/passages.h"
#include "documents_support.h"

namespace octavo::app {
namespace {

using test::TestFolder;

void collectBorders(const Part& part, QList<qint64>& borders)
{
    borders << part.bytes.begin << part.bytes.end;
    for (const Part& child : part.parts)
        collectBorders(child, borders);
}

void expectCovering(const Document& document, const QList<ByteRange>& ranges, qint64 longest)
{
    QList<qint64> borders;
    collectBorders(document.outline, borders);
    std::sort(borders.begin(), borders.end());
    qint64 at = 0;
    for (const ByteRange& range : ranges) {
        ASSERT_EQ(range.begin, at);
        ASSERT_GT(range.end, range.begin);
        ASSERT_LE(range.size(), longest);
        const auto border = std::upper_bound(borders.begin(), borders.end(), range.begin);
        ASSERT_TRUE(border == borders.end() || *border >= range.end) << "a part's border at " << *border;
        ASSERT_TRUE(range.end == document.text.size() || (uchar(document.text[range.end]) & 0xC0) != 0x80)
            << "inside a character at " << range.end;
        at = range.end;
    }
    ASSERT_EQ(at, document.text.size());
}

void expectSound(const Document& document)
{
    const QList<ByteRange> passages = passagesOf(document);
    const QList<ByteRange> sections = sectionsOf(document);
    expectCovering(document, passages, 1200);
    expectCovering(document, sections, 8000);
    for (const ByteRange& section : sections) {
        EXPECT_TRUE(
            std::any_of(passages.begin(), passages.end(), [&](const ByteRange& passage) { return passage.begin == section.begin; }));
        EXPECT_TRUE(std::any_of(passages.begin(), passages.end(), [&](const ByteRange& passage) { return passage.end == section.end; }));
    }
}

Document documentOf(const std::string& text, const char* name = "a.txt")
{
    TestFolder folder;
    folder.write(name, text);
    return test::loaded(folder.path(name));
}

TEST(Passages, CoverWholeBooksAndFollowTheirParagraphs)
{
    for (const char* name : {"moby-dick.txt", "frankenstein.txt", "middlemarch.txt"}) {
        if (!QFileInfo::exists(test::bookPath(name)))
            GTEST_SKIP() << "no " << test::bookPath(name).toStdString();
        SCOPED_TRACE(name);
        const Document book = test::loaded(test::bookPath(name));
        expectSound(book);
        const QList<ByteRange> passages = passagesOf(book);
        const auto isShort = [](const ByteRange& passage) { return passage.size() < 300; };
        EXPECT_LT(std::count_if(passages.begin(), passages.end(), isShort) * 100, passages.size());
    }
}

TEST(Passages, CoverAwkwardTexts)
{
    const std::string word = "word ";
    std::string words;
    std::string accents;
    for (int i = 0; i < 4000; ++i) {
        words += word;
        accents += "\xC3\xA9";
    }
    for (const std::string& text :
         {std::string("x"), std::string("\n"), std::string(20000, '\n'), std::string(20000, 'x'), words, accents, std::string("a\n\n\n\nb"),
          "x" + std::string(5000, ' ') + "y", std::string(900, 'x'), std::string(901, 'x'), "CHAPTER I\n\nCHAPTER II\n\n" + words}) {
        expectSound(documentOf(text));
        expectSound(documentOf(text, "a.cpp"));
        expectSound(documentOf(text, "a.md"));
    }
}

TEST(Passages, EndWhereParagraphsEnd)
{
    const std::string one(500, 'a');
    const std::string two(600, 'b');
    const Document document = documentOf(one + "\r\n\r\n\r\n" + two + "\r\n");
    EXPECT_EQ(passagesOf(document), (QList<ByteRange>{{0, 506}, {506, 1108}}));
}

TEST(Passages, CutLongParagraphsBehindSentences)
{
    std::string text;
    for (int i = 0; i < 40; ++i)
        text += "Then Mr. Bulstrode said \xE2\x80\x9C" "nothing of it, as was his way.\xE2\x80\x9D\nAnd so it went on; on\nand on! ";
    const Document document = documentOf(text);
    const QList<ByteRange> passages = passagesOf(document);
    EXPECT_GT(passages.size(), 3);
    for (const ByteRange& passage : passages) {
        const QByteArray words = document.text.mid(passage.begin, passage.size());
        EXPECT_TRUE(words.startsWith("Then") || words.startsWith("And so")) << words.toStdString();
    }
}

TEST(Passages, CutCodeAtLines)
{
    std::string text;
    for (int i = 0; i < 200; ++i)
        text += "    call(first, \"A sentence. Another one.\");\n";
    const Document document = documentOf(text, "a.cpp");
    for (const ByteRange& passage : passagesOf(document))
        EXPECT_EQ(document.text[passage.end - 1], '\n');
}

TEST(Passages, CoverAFolder)
{
    TestFolder folder;
    folder.write("README.md", "# Title\n\nwords\n\n## More\n\nwords\n");
    folder.write("src/a.cpp", std::string(3000, 'x') + "\n\n" + std::string(50, 'y'));
    folder.write("src/b.txt", "\xEF\xBB\xBF\n");
    expectSound(test::loaded(folder.path(".")));
}

} // namespace
} // namespace octavo::app
