// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "documents/code_outline.h"
#include "documents/passages.h"
#include "documents/place.h"
#include "documents/soundness.h"
#include "documents_support.h"

namespace octavo::app {
namespace {

using namespace std::chrono_literals;

// Lines that make a definition long enough for a part of its own.
std::string body(const std::string& line)
{
    std::string text;
    while (text.size() < 420)
        text += line + '\n';
    return text;
}

struct Case {
    const char* file;
    std::string text;
    const char* parts;
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.file; }

class CodeOutline : public testing::TestWithParam<Case> {};

TEST_P(CodeOutline, HoldsFunctionsAndClasses)
{
    if (ctagsProgram().isEmpty())
        GTEST_SKIP() << "no Universal Ctags";
    Ctags ctags;
    for (const bool crlf : {false, true}) {
        QByteArray text = QByteArray::fromStdString(GetParam().text);
        if (crlf)
            text.replace("\n", "\r\n");
        const QList<Part> parts = codeParts(text, ctags.tagsOf(GetParam().file, text, {}));
        EXPECT_EQ(test::asText(parts), GetParam().parts) << (crlf ? "with CRLF" : "");
        test::expectWellFormed({{}, PartKind::File, {0, text.size()}, parts});
        for (const Part& part : parts)
            EXPECT_TRUE(part.bytes.begin == 0 || text[part.bytes.begin - 1] == '\n') << part.title.toStdString();
    }
}

const std::vector<Case>& cases()
{
    static const std::vector<Case> all{
        {"a.cpp",
         "namespace a::b {\n\nnamespace {\nint helper()\n{\n" + body("    work();") + "}\n}\n\nclass Reading {\npublic:\n    void run()\n    {\n"
             + body("        work();") + "    }\n" + body("    int member;") + "};\n\nint tiny() { return 1; }\n\nint Reading::read(int a)\n{\n"
             + body("    auto f = [] { work(); };") + "}\n\nTEST(Suite, Case)\n{\n" + body("    EXPECT(1);") + "}\n\n} // namespace\n",
         "helper\nclass Reading\n Reading::run\nReading::read\nTEST(Suite, Case)\n"},
        {"a.c", "struct point {\n" + body("    int x;") + "};\n\nstatic int\nmain(int argc)\n{\n" + body("    work();") + "}\n\nint declared(void);\n", "struct point\nmain\n"},
        {"a.py",
         "import os\n" + body("x = 1") + "\n@decorated\nclass Outer:\n    class Inner:\n        @property\n        def run(self):\n" + body("            work()")
             + "\n    def read(self):\n" + body("        work()") + "\ndef top():\n" + body("    work()"),
         "class Outer\n class Inner\n  Inner.run\n Outer.read\ntop\n"},
        {"a.rs",
         "/// Doc\npub struct S {\n" + body("    x: i32,") + "}\n\nimpl Clone for S {\n    fn clone(&self) -> S {\n" + body("        work();") + "    }\n\n    fn other(&self)\n    where\n        S: Sized,\n    {\n"
             + body("        work();") + "    }\n}\n\n#[test]\nfn main() {\n" + body("    work();") + "}\n",
         "struct S\nimpl Clone for S\n S::clone\n S::other\nmain\n"},
        {"a.go", "package main\n\n// Doc\ntype S struct {\n" + body("\tx int") + "}\n\nfunc (s *S) Run() {\n" + body("\twork()") + "}\n\nfunc main() {\n" + body("\twork()") + "}\n",
         "struct S\nS.Run\nmain\n"},
        {"a.js", "class C {\n  run(a) {\n" + body("    work();") + "  }\n}\n\nfunction f() {\n" + body("  work();") + "}\n\nconst g = (a) => {\n" + body("  work();") + "};\nconst h = 1;\n",
         "class C\n C.run\nf\ng\n"},
        {"a.ts",
         "interface I {\n" + body("  a: number;") + "}\n\nexport class C {\n  run(\n    a: string,\n  ): void {\n" + body("    work();") + "  }\n}\n\nexport async function f(): Promise<void> {\n"
             + body("  work();") + "}\n",
         "interface I\nclass C\n C.run\nf\n"},
        {"A.java", "package x.y;\n\n/** Doc\n  of A */\n@Deprecated\npublic class A {\n  @Override\n  public void run() {\n" + body("    work();") + "  }\n\n  enum E {\n" + body("    A,") + "  }\n}\n",
         "class A\n A.run\n enum E\n"},
        {"a.sh", "#!/bin/bash\n" + body("work") + "\n# Doc\nrun() {\n" + body("  work") + "}\n\nfunction read_it {\n" + body("  work") + "}\n" + body("work"), "run\nread_it\n"},
        {"empty.cpp", "", ""},
        {"none.unknown", body("words"), ""},
        {"broken.cpp", "int f( {\n" + body("    ((((") + "class {{{ \n" + body("}}}}") + "\xEF\xBF\xBD\xEF\xBF\xBD\n", ""},
        {"replaced.py", "def f\xEF\xBF\xBD(a):\n" + body("    work('\xEF\xBF\xBD')"), "f\xEF\xBF\xBD\n"},
        {"data.json", "{\"function\": {\n" + body("\"a\": 1,") + "\"b\": 2}}\n", ""},
    };
    return all;
}

std::string nameOf(const testing::TestParamInfo<Case>& one)
{
    std::string name = one.param.file;
    std::replace(name.begin(), name.end(), '.', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Languages, CodeOutline, testing::ValuesIn(cases()), nameOf);

CodeTag tagOf(const char* name, qint64 line, qint64 end) { return {QString::fromLatin1(name), "function", "C++", {}, {}, {}, line, end}; }

TEST(CodeOutline, TakesWhatStandsAboveAndTheBlankLinesBehind)
{
    const std::string before = body("int x;");
    const std::string own = "/* One\n   two. */\n[[nodiscard]]\ntemplate <class T>\nT f()\n{\n" + body("    work();") + "}\n\n\n";
    const QByteArray text = QByteArray::fromStdString(before + own + body("int y;"));
    const qint64 line = 1 + std::count(before.begin(), before.end(), '\n') + 4;
    const QList<Part> parts = codeParts(text, {tagOf("f", line, line - 5 + std::count(own.begin(), own.end(), '\n') - 1)});
    ASSERT_EQ(parts.size(), 1);
    EXPECT_EQ(parts[0].bytes, (ByteRange{qint64(before.size()), qint64(before.size() + own.size())}));
    EXPECT_EQ(parts[0].kind, PartKind::Function);
}

TEST(CodeOutline, IsSoundWhateverTheTagsAre)
{
    const QByteArray text = QByteArray::fromStdString(body("a b c d e f") + body("  x\n\n") + body("}"));
    std::vector<CodeTag> tags;
    for (qint64 line = -3; line < 120; ++line)
        tags.push_back(tagOf(line % 7 == 0 ? "" : "f", (line * 37) % 90, (line * 53) % 150));
    const Part root{{}, PartKind::File, {0, text.size()}, codeParts(text, tags)};
    test::expectWellFormed(root);
    EXPECT_TRUE(outlineFits(root, text.size()));
    EXPECT_TRUE(codeParts({}, tags).isEmpty());
}

TEST(CodeOutline, IsPartOfFoldersAndPlaces)
{
    if (ctagsProgram().isEmpty())
        GTEST_SKIP() << "no Universal Ctags";
    test::TestFolder folder;
    const std::string content = "int x;\nint run()\n{\n" + body("    work();") + "}\n";
    folder.write("a/run.cpp", content);
    folder.write("b/run.cpp", content + "\nvoid last()\n{\n" + body("    work();") + "}\n");
    const Document document = test::loaded(folder.path("."));
    EXPECT_EQ(test::asText(document.outline.parts), "a\n run.cpp\n  run\nb\n run.cpp\n  run\n  last\n");
    test::expectWellFormed(document.outline);
    EXPECT_EQ(placeOf(document, document.text.lastIndexOf("void last")), QStringLiteral("b/run.cpp:%1, last").arg(document.lineOf(document.text.lastIndexOf("void last"))));
    const Document single = test::loaded(folder.path("b/run.cpp"));
    EXPECT_EQ(test::asText(single.outline.parts), "run\nlast\n");
}

// A script that speaks ctags' protocol: it dies of files called die.c, hangs at hang.c and refuses fatal.c.
QString fakeProgram(const test::TestFolder& folder)
{
    folder.write("ctags", R"(#!/usr/bin/python3
import json, os, sys, time
print('{"_type": "program", "name": "Universal Ctags"}', flush=True)
for line in iter(sys.stdin.buffer.readline, b''):
    request = json.loads(line)
    sys.stdin.buffer.read(request["size"])
    name = request["filename"]
    if name == "die.c": os._exit(1)
    if name == "hang.c": time.sleep(1000)
    if name == "flood.c":
        while True: print('{"_type": "tag", "name": "' + 'x' * 10000 + '"}', flush=True)
    if name == "fatal.c": print('{"_type": "error", "fatal": true}', flush=True)
    print('{"_type": "error", "warning": true}')
    print(json.dumps({"_type": "tag", "name": name, "line": 1, "end": 2, "kind": "function"}))
    print('{"_type": "completed"}', flush=True)
)");
    std::filesystem::permissions(folder.path() / "ctags", std::filesystem::perms::owner_all);
    return folder.path("ctags");
}

size_t countOf(Ctags& ctags, const char* file) { return ctags.tagsOf(QString::fromLatin1(file), "int a;\n", {}).size(); }

TEST(Ctags, LosesOnlyTheFileThatItFailsAt)
{
    for (const char* bad : {"die.c", "hang.c", "fatal.c", "flood.c"}) {
        test::TestFolder folder;
        Ctags ctags(fakeProgram(folder), {.perFile = 500ms, .answerBytes = 1 << 20});
        EXPECT_EQ(countOf(ctags, "a.c"), 1U) << bad;
        EXPECT_EQ(countOf(ctags, bad), 0U) << bad;
        EXPECT_EQ(countOf(ctags, "b.c"), 1U) << bad;
        EXPECT_EQ(countOf(ctags, bad), 0U) << bad;
        EXPECT_EQ(countOf(ctags, bad), 0U) << bad;
        EXPECT_EQ(countOf(ctags, "c.c"), 0U) << bad << ": it was given up";
    }
}

TEST(Ctags, MayBeMissingOrAnotherProgram)
{
    for (const char* program : {"", "/nonexistent/ctags", "/bin/true", "/bin/cat"}) {
        Ctags ctags(QString::fromLatin1(program), {.perFile = 300ms});
        EXPECT_EQ(countOf(ctags, "a.c"), 0U) << program;
        EXPECT_EQ(countOf(ctags, "a.c"), 0U) << program;
    }
}

TEST(Ctags, AnswersAStopWithin200Milliseconds)
{
    test::TestFolder folder;
    Ctags ctags(fakeProgram(folder));
    EXPECT_EQ(countOf(ctags, "a.c"), 1U);
    std::stop_source source;
    std::chrono::steady_clock::time_point stopped;
    std::thread stopper([&] {
        std::this_thread::sleep_for(100ms);
        stopped = std::chrono::steady_clock::now();
        source.request_stop();
    });
    EXPECT_TRUE(ctags.tagsOf(QStringLiteral("hang.c"), "int a;\n", source.get_token()).empty());
    const auto answered = std::chrono::steady_clock::now();
    stopper.join();
    EXPECT_LT(answered - stopped, 200ms);
    EXPECT_EQ(countOf(ctags, "a.c"), 1U) << "a stop is no failure";
}

TEST(Ctags, TakesLargeFilesButNotTooLargeOnes)
{
    if (ctagsProgram().isEmpty())
        GTEST_SKIP() << "no Universal Ctags";
    Ctags ctags;
    QByteArray content;
    for (int n = 0; content.size() < (2 << 20) - 100; ++n)
        content += "int f" + QByteArray::number(n) + "() { return 1; }\n";
    EXPECT_GT(ctags.tagsOf(QStringLiteral("a.c"), content, {}).size(), 50'000U);
    EXPECT_TRUE(ctags.tagsOf(QStringLiteral("a.c"), content + content, {}).empty());
    EXPECT_EQ(countOf(ctags, "a.c"), 1U);
}

} // namespace
} // namespace octavo::app
