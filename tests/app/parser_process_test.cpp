// SPDX-License-Identifier: Apache-2.0
// Parsers that misbehave (tests/support/fake_parser.cpp). Whatever they do ends in a value, in time, and nothing of them stays.
#include "documents/parser_process.h"

#include <thread>

#include <QElapsedTimer>
#include <gtest/gtest.h>

#include "support/child_processes.h"

namespace octavo::app {
namespace {

using namespace std::chrono_literals;
using Kind = ParseFault::Kind;

constexpr int kSoon = 2000;   // milliseconds; a loaded machine is slow to start a process

Expected<FormattedText, ParseFault> parsedBy(const char* way, const std::stop_token& stop = {}, std::chrono::milliseconds patience = 300ms)
{
    ParseOptions options;
    options.program = QStringLiteral(OCTAVO_FAKE_PARSER);
    options.format = QString::fromLatin1(way);
    options.mostTextBytes = 1 << 20;
    options.mostMemberBytes = 1 << 20;
    options.patience = patience;
    return parseBytes("a file", options, stop);
}

TEST(ParserProcess, EachMisbehaviourIsItsFault)
{
    const struct {
        const char* way;
        Kind fault;
    } rows[] = {
        {"ends before it reads", Kind::Died},
        {"dies at once", Kind::Died},
        {"dies midway", Kind::Died},
        {"dies in the middle of a line", Kind::Died},
        {"ends without its last line", Kind::Died},
        {"dies in a member", Kind::Died},
        {"hangs", Kind::TooSlow},
        {"hangs midway", Kind::TooSlow},
        {"hangs and does not want to die", Kind::TooSlow},
        {"hangs with its mouth shut", Kind::TooSlow},
        {"speaks garbage", Kind::Died},
        {"speaks JSON that is no object", Kind::Died},
        {"ends nested too deep", Kind::Died},
        {"never ends a line", Kind::Died},
        {"never ends its text", Kind::TooLarge},
        {"never ends its remarks", Kind::TooLarge},
        {"never ends its contents", Kind::TooLarge},
        {"never ends its members", Kind::TooLarge},
        {"has a member larger than said", Kind::Died},
        {"has a member smaller than said", Kind::Died},
        {"has a member of less than nothing", Kind::Died},
        {"has a member of all memory", Kind::TooLarge},
        {"has a fault of its own making", Kind::Damaged},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.way);
        const auto parsed = parsedBy(row.way);
        ASSERT_FALSE(parsed.ok());
        EXPECT_EQ(int(parsed.error().kind), int(row.fault));
        EXPECT_EQ(test::childProcesses(), 0);
    }
}

TEST(ParserProcess, WhatComesAfterTheEndIsOfNoInterest)
{
    for (const char* way : {"says a word and ends", "hangs after the end", "goes on after the end"}) {
        SCOPED_TRACE(way);
        QElapsedTimer time;
        time.start();
        const auto parsed = parsedBy(way, {}, 20s);
        ASSERT_TRUE(parsed.ok());
        EXPECT_EQ(parsed->text, "words");
        ASSERT_EQ(parsed->places.size(), 1);
        EXPECT_EQ(parsed->places.first().page, 1);
        EXPECT_LT(time.elapsed(), kSoon);
        EXPECT_EQ(test::childProcesses(), 0);
    }
}

TEST(ParserProcess, ASilenceWithinItsPatienceIsBorne)
{
    EXPECT_TRUE(parsedBy("waits for all to be read", {}, 20s).ok());
}

TEST(ParserProcess, AStopIsAnsweredWhateverTheParserDoes)
{
    for (const char* way : {"hangs", "hangs midway", "hangs and does not want to die", "hangs with its mouth shut"}) {
        SCOPED_TRACE(way);
        std::stop_source stop;
        QElapsedTimer sinceStop;
        const std::jthread stopper([&] {
            std::this_thread::sleep_for(100ms);
            sinceStop.start();
            stop.request_stop();
        });
        const auto parsed = parsedBy(way, stop.get_token(), 20s);
        const qint64 took = sinceStop.elapsed();
        ASSERT_FALSE(parsed.ok());
        EXPECT_EQ(int(parsed.error().kind), int(Kind::Stopped));
        EXPECT_LT(took, 200);
        EXPECT_EQ(test::childProcesses(), 0);
    }
}

TEST(ParserProcess, AProgramThatIsNotThereIsAFault)
{
    ParseOptions options;
    options.program = QStringLiteral("/nowhere/octavo-parse");
    const auto parsed = parseBytes("a file", options, {});
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(int(parsed.error().kind), int(Kind::NoParser));
    EXPECT_EQ(parsed.error().detail, options.program);
    EXPECT_EQ(test::childProcesses(), 0);
}

TEST(ParserProcess, AFormatWithoutAParserIsAFault)
{
    ParseOptions options;
    options.format = QStringLiteral("no such format");
    const auto parsed = parseBytes("words", options, {});
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(int(parsed.error().kind), int(Kind::Died));
}

} // namespace
} // namespace octavo::app
