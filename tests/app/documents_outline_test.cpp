// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <QFileInfo>
#include <QRegularExpression>
#include <gtest/gtest.h>

#include "documents/book_outline.h"
#include "documents/heading_line.h"
#include "documents/markdown_outline.h"
#include "documents/place.h"
#include "documents_support.h"

namespace octavo::app {
namespace {

using test::asText;
using test::expectWellFormed;

std::string filler() { return "\n\n" + std::string(400, 'w') + ".\n\n"; }

TEST(BookHeading, TellsHeadingsFromProse)
{
    struct Row {
        const char* paragraph;
        const char* shown;   // "" = prose
    };
    const std::vector<Row> rows{
        {"CHAPTER 36. The Quarter-Deck.", "Chapter 36 ▸ The Quarter-Deck"},
        {"CHAPTER I", "Chapter I"},
        {"Chapter 4", "Chapter 4"},
        {"CHAPTER XLVIII.", "Chapter XLVIII"},
        {"CHAPTER I. DOWN THE RABBIT-HOLE", "Chapter I ▸ Down the Rabbit-Hole"},
        {"CHAPTER I—M. MYRIEL", "Chapter I ▸ M. Myriel"},
        {"BOOK FIRST—A JUST MAN", "Book First ▸ A Just Man"},
        {"Part the Second", "Part The Second"},
        {"Chapter Twenty-One: Home", "Chapter Twenty-One ▸ Home"},
        {"Letter 1", "Letter 1"},
        {"STAVE ONE.", "Stave One"},
        {"EPILOGUE", "Epilogue"},
        {"ETYMOLOGY.", "Etymology"},
        {"EXTRACTS. (Supplied by a Sub-Sub-Librarian).", "Extracts"},
        {"APPENDIX B", "Appendix B"},
        {"PREFACE TO THE SECOND EDITION", "Preface ▸ To the Second Edition"},
        {"CHAPTER I CHAPTER II CHAPTER III", ""},
        {"Letter, on bended knees he presented", ""},
        {"Part of the crew went below.", ""},
        {"Book I wrote last year.", ""},
        {"Chapter 3 of the book tells it.", ""},
        {"chapter 3", ""},
        {"Conclusion is what he wanted.", ""},
        {"Partly so.", ""},
        {"", ""},
    };
    for (const Row& row : rows) {
        const auto heading = bookHeading(QString::fromUtf8(row.paragraph));
        EXPECT_EQ(heading ? heading->shown().toStdString() : "", row.shown) << row.paragraph;
        EXPECT_TRUE(!heading || mayBeHeading(row.paragraph)) << row.paragraph;
    }
}

TEST(BookOutline, NestsChaptersByTheBooksOwnOrder)
{
    const std::string text = "Title\n\nPROLOGUE" + filler() + "PART I\n\nBOOK I\n\nTHE FIRST OF THEM\n\nCHAPTER I" + filler()
                             + "CHAPTER II\nstraight into the text, and on\nand on\nand on" + filler() + "BOOK II\n\nCHAPTER I" + filler()
                             + "PART II\n\nBOOK I\n\nCHAPTER I" + filler() + "EPILOGUE\n\nCHAPTER I" + filler();
    const QList<Part> parts = bookParts(QByteArrayView(text.data(), qsizetype(text.size())), {});
    EXPECT_EQ(asText(parts), "Front matter\nPrologue\nPart I\n Book I ▸ The First of Them\n  Chapter I\n  Chapter II\n"
                             " Book II\n  Chapter I\nPart II\n Book I\n  Chapter I\n"
                             "Epilogue\n Chapter I\n");
    expectWellFormed({{}, PartKind::Book, {0, qint64(text.size())}, parts});
}

TEST(BookOutline, IgnoresTablesOfContents)
{
    const std::string contents = "CONTENTS\n\nVOLUME I\n\nCHAPTER I\n\nCHAPTER II\n\nVOLUME II\n\nCHAPTER I\n\nEPILOGUE\n\n\n\n";
    const std::string text = contents + "VOLUME I\n\nCHAPTER I" + filler() + "CHAPTER II" + filler() + "VOLUME II\n\nCHAPTER I" + filler()
                             + "EPILOGUE" + filler();
    const QList<Part> parts = bookParts(QByteArrayView(text.data(), qsizetype(text.size())), {});
    EXPECT_EQ(asText(parts), "Front matter\nVolume I\n Chapter I\n Chapter II\nVolume II\n Chapter I\nEpilogue\n");
    EXPECT_EQ(parts[0].bytes.end, qint64(contents.size()));
}

TEST(BookOutline, IsEmptyWithoutHeadings)
{
    EXPECT_TRUE(bookParts("Some notes.\n\nNo chapters here, nor a book I would call one.\n", {}).isEmpty());
    EXPECT_TRUE(bookParts("", {}).isEmpty());
    EXPECT_TRUE(bookParts("\n", {}).isEmpty());
}

struct BookFacts {
    const char* file;
    const char* title;
    int chapters;
    int letters;
    int books;
    std::vector<const char*> named;
};

void PrintTo(const BookFacts& facts, std::ostream* out) { *out << facts.file; }

void countParts(const QList<Part>& parts, const QString& word, int& count)
{
    for (const Part& part : parts) {
        count += part.title.startsWith(word + ' ');
        countParts(part.parts, word, count);
    }
}

class WholeBook : public testing::TestWithParam<BookFacts> {};

TEST_P(WholeBook, HasItsChapters)
{
    const BookFacts& facts = GetParam();
    const QString path = test::bookPath(facts.file);
    if (!QFileInfo::exists(path))
        GTEST_SKIP() << "no " << path.toStdString();
    const Document book = test::loaded(path);
    EXPECT_EQ(book.title.toStdString(), facts.title);
    expectWellFormed(book.outline);
    int chapters = 0;
    int letters = 0;
    int books = 0;
    countParts(book.outline.parts, QStringLiteral("Chapter"), chapters);
    countParts(book.outline.parts, QStringLiteral("Letter"), letters);
    countParts(book.outline.parts, QStringLiteral("Book"), books);
    EXPECT_EQ(chapters, facts.chapters);
    EXPECT_EQ(letters, facts.letters);
    EXPECT_EQ(books, facts.books);
    QStringList others;
    for (const Part& part : book.outline.parts) {
        if (!part.title.contains(QRegularExpression(QStringLiteral("^(Chapter|Letter|Book) "))))
            others << part.title;
    }
    QStringList expected;
    for (const char* title : facts.named)
        expected << QString::fromUtf8(title);
    EXPECT_EQ(others.join('|').toStdString(), expected.join('|').toStdString());
    EXPECT_EQ(book.outline.parts.front().bytes.begin, 0);
    EXPECT_EQ(book.outline.parts.back().bytes.end, book.text.size());
}

INSTANTIATE_TEST_SUITE_P(
    Books, WholeBook,
    testing::Values(BookFacts{"moby-dick.txt", "Moby Dick; or The Whale", 135, 0, 0,
                              {"Front matter", "Etymology", "Extracts", "Epilogue", "Project Gutenberg licence"}},
                    BookFacts{"frankenstein.txt", "Frankenstein", 24, 4, 0, {"Front matter", "Project Gutenberg licence"}},
                    BookFacts{"middlemarch.txt", "Middlemarch", 86, 0, 8,
                              {"Front matter", "Prelude", "Finale", "Project Gutenberg licence"}}));

TEST(MarkdownOutline, SeesHeadingsAsCommonMarkDoes)
{
    const QByteArray text = "---\ntitle: no heading\n---\n# One\n\ntext\n\n## A `code` & *more*\n\n```sh\n# no heading\n```\n\n"
                            "    # no heading\n\n> # quoted\n\n- # listed\n\n"
                            "Two\n===\n\n#no heading\n\n#### Deep ####\n\n<!--\n# hidden\n-->\n### Less\r\n";
    const TextOutline outline = markdownOutline(text, {});
    EXPECT_EQ(asText(outline.parts), "One\n A code & more\nTwo\n Deep\n Less\n");
    EXPECT_EQ(outline.parts[0].kind, PartKind::Chapter);
    EXPECT_EQ(outline.parts[0].parts[0].kind, PartKind::Section);
    EXPECT_EQ(outline.parts[0].bytes.begin, text.indexOf("# One"));
    EXPECT_EQ(outline.parts[1].bytes.begin, text.indexOf("Two\n==="));
    EXPECT_TRUE(outline.title.isEmpty());
    expectWellFormed({{}, PartKind::Book, {0, text.size()}, outline.parts});
}

TEST(MarkdownOutline, ASingleMainHeadingIsTheTitle)
{
    const TextOutline outline = markdownOutline("# Octavo\n\nWords.\n\n## Build\n\n### Linux\n\n## Run\n", {});
    EXPECT_EQ(outline.title, QStringLiteral("Octavo"));
    EXPECT_EQ(asText(outline.parts), "Octavo\nBuild\n Linux\nRun\n");
    EXPECT_EQ(asText(markdownOutline("# Alone\n", {}).parts), "Alone\n");
    EXPECT_TRUE(markdownOutline("no headings\n", {}).parts.isEmpty());
    EXPECT_TRUE(markdownOutline("", {}).parts.isEmpty());
    EXPECT_TRUE(markdownOutline("#\n\n## \n", {}).parts.isEmpty());
}

TEST(FolderOutline, HoldsFoldersFilesAndTheirChapters)
{
    test::TestFolder folder;
    folder.write("README.md", "# Name\n\ntext\n\n## Build\n");
    folder.write("src/a.cpp", "int a;\n");
    folder.write("src/run/b.cpp", "int b;\n");
    folder.write("src/c.cpp", "int c;\n");
    folder.write("tests/d.cpp", "int d;\n");
    const Document document = test::loaded(folder.path("."));
    EXPECT_EQ(asText(document.outline.parts), "README.md\n Name\n Build\nsrc\n a.cpp\n c.cpp\n run\n  b.cpp\ntests\n d.cpp\n");
    expectWellFormed(document.outline);
    EXPECT_EQ(document.outline.kind, PartKind::Folder);
    EXPECT_EQ(document.outline.bytes, (ByteRange{0, document.text.size()}));
    const QList<const Part*> around = document.partsAt(document.text.indexOf("int b"));
    ASSERT_EQ(around.size(), 3);
    EXPECT_EQ(around.back()->kind, PartKind::File);
    EXPECT_EQ(placeOf(document, document.text.indexOf("int b")), QStringLiteral("src/run/b.cpp:1"));
}

TEST(Place, NamesChapters)
{
    test::TestFolder folder;
    folder.write("book.txt", "BOOK I\n\nCHAPTER 36. The Quarter-Deck." + filler());
    folder.write("notes.txt", "one\ntwo\n");
    const Document book = test::loaded(folder.path("book.txt"));
    EXPECT_EQ(placeOf(book, book.text.size() - 1), QStringLiteral("Book I ▸ Chapter 36 ▸ The Quarter-Deck"));
    EXPECT_EQ(placeOf(test::loaded(folder.path("notes.txt")), 5), QStringLiteral("notes.txt:2"));
}

} // namespace
} // namespace octavo::app
