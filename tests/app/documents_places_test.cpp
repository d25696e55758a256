// SPDX-License-Identifier: Apache-2.0
// What is cited stands where the citation says. What stands there is told by tests/data/documents/places/, which other programs wrote
// (tests/data/make_documents/places.py says how).
#include <fstream>
#include <map>
#include <set>

#include <QRegularExpression>
#include <gtest/gtest.h>

#include "documents_support.h"
#include "support/corpus.h"
#include "support/zip_members.h"

namespace octavo::app {
namespace {

using namespace Qt::StringLiterals;

struct Place {
    QString name;
    QString text;
};

std::vector<Place> placesIn(const std::filesystem::path& file)
{
    std::vector<Place> places;
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t tab = line.find('\t');
        places.push_back({QString::fromStdString(line.substr(0, tab)), QString::fromStdString(line.substr(tab + 1))});
    }
    return places;
}

// Letters and digits alone: programs differ about everything else.
QString letters(const QString& text)
{
    QString kept;
    for (const QChar c : text.normalized(QString::NormalizationForm_KC)) {
        if (c.isLetterOrNumber() || c.isSurrogate())
            kept += c;
    }
    return kept;
}

// A stretch of text that one mark leads from.
struct Citation {
    const SourceFile* file = nullptr;
    PlaceMark mark;
    QString text;
};

std::vector<Citation> citationsOf(const Document& document)
{
    std::vector<Citation> citations;
    for (const SourceFile& file : document.files) {
        for (qsizetype at = 0; at < file.places.size(); ++at) {
            const qint64 begin = file.places[at].byte, end = at + 1 < file.places.size() ? file.places[at + 1].byte : file.bytes.end;
            citations.push_back({&file, file.places[at], QString::fromUtf8(document.text.sliced(begin, end - begin))});
        }
    }
    return citations;
}

// Bullets and numbers of items and notes are counted, as is the mark that leads from a text to a note; they stand in no source, or they do.
QString withoutCounted(QString text)
{
    static const QRegularExpression counted(u"^(•|[0-9a-z]+[.)]|\\[\\w+\\]) "_s);
    return text.remove(counted);
}

QString withoutNoteMarks(QString text)
{
    static const QRegularExpression marks(u"\\[\\d+\\]"_s);
    return text.remove(marks);
}

QString withoutAddresses(QString text)
{
    static const QRegularExpression addresses(u"^(From|To|Cc|Date): .*$"_s, QRegularExpression::MultilineOption);
    return text.remove(addresses);
}

// A web page's block begins on its line; it may go on on the next ones.
bool beginsOnLine(const std::vector<Place>& lines, const QString& name, const QString& cited)
{
    QString all;
    qsizetype from = -1, to = 0;
    for (const Place& line : lines) {
        if (line.name == name)
            from = all.size();
        all += letters(line.text);
        if (line.name == name)
            to = all.size();
    }
    static const QRegularExpression picture(u"\\[Image: "_s);
    const qsizetype found = from < 0 ? -1 : all.indexOf(letters(withoutCounted(cited).remove(picture)), from);
    return found >= 0 && found < to;
}

struct Word {
    double x = 0, y = 0;
    QString text;
};

QString lettersOf(const std::vector<Word>& words)
{
    QString all;
    for (const Word& word : words)
        all += word.text;
    return letters(all);
}

QString sorted(QString text)
{
    std::sort(text.begin(), text.end());
    return text;
}

// The words whose middle lies in a mark's box are the words cited, in the order in which pdftotext tells them, or, if they are of one row, from left to right.
bool standsInBox(const std::vector<Place>& words, const PlaceMark& mark, const QString& cited)
{
    constexpr double kRounding = 0.6;   // of their middles, whole points
    const QRectF box = mark.box.adjusted(-kRounding, -kRounding, kRounding, kRounding);
    std::vector<Word> there;
    for (const Place& word : words) {
        const QStringList numbers = word.name.split(' ');
        if (numbers[0].toInt() == mark.page && box.contains(numbers[1].toDouble(), numbers[2].toDouble()))
            there.push_back({numbers[1].toDouble(), numbers[2].toDouble(), word.text});
    }
    if (lettersOf(there) == letters(cited))
        return true;
    // pdftotext tells the letters of a right-to-left word as they stand, not as they are read; facts.json has the order of such lines.
    if (cited.isRightToLeft())
        return sorted(lettersOf(there)) == sorted(letters(cited));
    const auto [top, bottom] = std::minmax_element(there.begin(), there.end(), [](const Word& a, const Word& b) { return a.y < b.y; });
    if (there.empty() || bottom->y - top->y > 1)
        return false;
    std::stable_sort(there.begin(), there.end(), [](const Word& a, const Word& b) { return a.x < b.x; });
    return lettersOf(there) == letters(cited);
}

bool stands(const std::vector<Place>& places, const QString& name, const QString& cited)
{
    const auto place = std::find_if(places.begin(), places.end(), [&](const Place& p) { return p.name == name; });
    return place != places.end() && letters(withoutCounted(place->text)) == letters(withoutCounted(cited));
}

bool isRight(const std::vector<Place>& places, const Citation& citation, bool isInArchive)
{
    const QString& format = citation.file->format;
    const QString name = isInArchive ? citation.file->relativePath + ' ' + citation.mark.name : citation.mark.name;
    if (format == u"PDF")
        return standsInBox(places, citation.mark, citation.text);
    if (format == u"EPUB" || format == u"web page")
        return beginsOnLine(places, name, citation.text);
    if (format == u"DOCX" || format == u"ODT" || format == u"RTF")
        return stands(places, name, withoutNoteMarks(citation.text));
    return stands(places, name, withoutAddresses(citation.text));
}

TEST(DocumentPlaces, TheTextAtTheCitedPlaceIsTheTextCited)
{
    std::map<QString, std::pair<int, int>> rates;   // format → right, all
    for (const test::CorpusFile& file : test::parsedCorpus()) {
        const std::string name = file.path.filename().string();
        const std::vector<Place> places = placesIn(test::corpusFolder() / "places" / (name + ".txt"));
        if (places.empty() || file.path.parent_path() != test::corpusFolder())
            continue;
        const Document document = test::loaded(QString::fromStdString(file.path.string()));
        const std::vector<Citation> citations = citationsOf(document);
        EXPECT_FALSE(citations.empty()) << name;
        for (const Citation& citation : citations) {
            const bool right = isRight(places, citation, document.kind == DocumentKind::Folder);
            auto& [good, all] = rates[citation.file->format];
            good += right;
            ++all;
            EXPECT_TRUE(right) << name << ", page " << citation.mark.page << ", " << citation.mark.name.toStdString() << ": " << citation.text.toStdString();
        }
    }
    for (const auto& [format, rate] : rates)
        std::printf("%-18s %5d of %5d\n", qPrintable(format), rate.first, rate.second);
    EXPECT_EQ(rates.size(), 9u);   // every format that has places
}

TEST(DocumentPlaces, TextAsItStandsIsTheFilesBytes)
{
    for (const char* name : {"manual.rst", "paper.tex", "sheet.csv", "sheet.tsv"}) {
        const std::filesystem::path path = test::corpusFolder() / name;
        EXPECT_EQ(test::loaded(QString::fromStdString(path.string())).text.toStdString(), test::bytesOf(path)) << name;
    }
    const std::filesystem::path bundle = test::corpusFolder() / "bundle.zip";
    std::map<std::string, std::string> members;
    for (const test::ZipMember& member : test::unzipped(test::bytesOf(bundle)))
        members[member.path] = member.bytes;
    int compared = 0;
    const Document document = test::loaded(QString::fromStdString(bundle.string()));
    for (const SourceFile& file : document.files) {
        if (!file.format.isEmpty())
            continue;
        EXPECT_EQ(document.text.sliced(file.bytes.begin, file.bytes.size()).toStdString(), members[file.relativePath.toStdString()]) << file.relativePath.toStdString();
        ++compared;
    }
    EXPECT_EQ(compared, 4);
}

} // namespace
} // namespace octavo::app
