// SPDX-License-Identifier: Apache-2.0
// The corpus's files cut at every tenth of their length, with OCTAVO_LONG_TESTS at every hundredth: a transfer that broke off. Each is read or refused, and
// what is read is a part of what the whole file says.
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "documents/soundness.h"
#include "documents_support.h"
#include "support/corpus.h"

namespace octavo::app {
namespace {

std::vector<std::string> wordsOf(const QByteArray& text)
{
    std::vector<std::string> words;
    for (const QString& word : QString::fromUtf8(text).simplified().split(' ', Qt::SkipEmptyParts))
        words.push_back(word.toStdString());
    return words;
}

// Words that the whole does not have, but for the word that the cut went through; in a mailbox it may have gone through the line between two messages,
// which without its end is text like any other.
std::vector<std::string> strangers(const QByteArray& cut, const std::set<std::string>& whole, bool isMailbox)
{
    const std::size_t cutWords = isMailbox ? 4 : 1;
    std::vector<std::string> unknown;
    for (const std::string& word : wordsOf(cut)) {
        if (!whole.contains(word))
            unknown.push_back(word);
    }
    return unknown.size() > cutWords ? unknown : std::vector<std::string>();
}

struct Rates {
    int read = 0;
    int refused = 0;
};

TEST(DocumentCuts, AFileCutAnywhereIsReadInPartOrRefused)
{
    const int step = qEnvironmentVariableIsSet("OCTAVO_LONG_TESTS") ? 1 : 10;
    std::map<std::string, Rates> rates;
    const test::TestFolder folder;
    for (const std::filesystem::path& path : test::corpusPaths()) {
        const std::string name = path.filename().string();
        const std::string bytes = test::bytesOf(path);
        const auto whole = test::load(QString::fromStdString(path.string()));
        const std::vector<std::string> words = whole ? wordsOf(whole->text) : std::vector<std::string>();
        std::set<std::string> known(words.begin(), words.end());
        known.insert({"(no", "subject)"});   // Octavo's words for a mail that has none
        for (int percent = step / 2; percent < 100 && !bytes.empty(); percent += step) {
            SCOPED_TRACE(name + " at " + std::to_string(percent) + " %");
            folder.write(name, bytes.substr(0, bytes.size() * std::size_t(percent) / 100));
            const auto cut = test::load(folder.path(name));
            Rates& rate = rates[path.extension().string()];
            ++(cut ? rate.read : rate.refused);
            if (!cut) {
                EXPECT_TRUE(cut.error().sentence.contains(QString::fromStdString(name)) && cut.error().sentence.endsWith('.')) << cut.error().sentence.toStdString();
                continue;
            }
            EXPECT_TRUE(isUtf8(cut->text) && filesFit(cut->files, cut->text.size()) && outlineFits(cut->outline, cut->text.size()));
            if (whole) {
                EXPECT_THAT(strangers(cut->text, known, path.extension() == ".mbox"), ::testing::IsEmpty());
            }
        }
    }
    for (const auto& [suffix, rate] : rates)
        std::printf("%-8s %5d read %5d refused\n", suffix.c_str(), rate.read, rate.refused);
}

} // namespace
} // namespace octavo::app
