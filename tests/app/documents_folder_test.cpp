// SPDX-License-Identifier: Apache-2.0
#include <numeric>
#include <set>
#include <vector>

#include <git2.h>
#include <gtest/gtest.h>

#include "documents/ignore_rules.h"
#include "documents_support.h"

namespace octavo::app {
namespace {

namespace fs = std::filesystem;
using test::TestFolder;

std::set<std::string> includedIn(const Document& document)
{
    std::set<std::string> names;
    for (const SourceFile& file : document.files)
        names.insert(file.relativePath.toStdString());
    return names;
}

std::string whyNot(const Document& document, const std::string& what)
{
    for (const LedgerEntry& entry : document.ledger) {
        if (entry.what.toStdString() == what)
            return entry.why.toStdString();
    }
    return "not in the ledger";
}

qint64 bytesOnDisk(const fs::path& folder)
{
    qint64 bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        bytes += entry.is_regular_file() && !entry.is_symlink() ? qint64(entry.file_size()) : 0;
    return bytes;
}

void expectLedgerAddsUp(const Document& document, const fs::path& folder)
{
    const qint64 sum = std::accumulate(document.ledger.begin(), document.ledger.end(), qint64(0),
                                       [](qint64 all, const LedgerEntry& entry) { return all + entry.bytes; });
    EXPECT_EQ(sum, bytesOnDisk(folder));
    for (const LedgerEntry& entry : document.ledger)
        EXPECT_TRUE(entry.included || !entry.why.isEmpty()) << entry.what.toStdString();
}

// A tree whose ignore files nest and negate.
void writeIgnoringTree(const TestFolder& folder)
{
    folder.write(".gitignore", "*.log\n/top.txt\ngenerated/\n\n# a comment\n\\#odd.txt\n");
    folder.write("keep.txt", "k");
    folder.write("top.txt", "t");
    folder.write("#odd.txt", "o");
    folder.write("a.log", "a");
    folder.write("sub/.gitignore", "!kept.log\r\n!b*.log\r\ninner.txt\r\n");
    folder.write("sub/top.txt", "t");
    folder.write("sub/kept.log", "k");
    folder.write("sub/best.log", "b");
    folder.write("sub/other.log", "o");
    folder.write("sub/deep/kept.log", "k");
    folder.write("sub/deep/.gitignore", "best.log\n");
    folder.write("sub/deep/best.log", "b");
    folder.write("inner.txt", "i");
    folder.write("sub/inner.txt", "i");
    folder.write("sub/generated/code.c", "generated");
    folder.write("with [brackets]/.gitignore", "x.txt\n");
    folder.write("with [brackets]/x.txt", "x");
    folder.write("x.txt", "x");
}

const std::set<std::string> kNotIgnored{
    ".gitignore",   "keep.txt",          "sub/.gitignore",      "sub/top.txt", "sub/kept.log",
    "sub/best.log", "sub/deep/kept.log", "sub/deep/.gitignore", "inner.txt",   "with [brackets]/.gitignore",
    "x.txt"};

TEST(FolderWalker, HonoursNestedAndNegatedIgnoreFilesOutsideARepository)
{
    TestFolder folder;
    writeIgnoringTree(folder);
    const Document document = test::loaded(folder.path("."));
    EXPECT_EQ(includedIn(document), kNotIgnored);
    EXPECT_EQ(whyNot(document, "sub/generated/"), "ignored by .gitignore");
    expectLedgerAddsUp(document, folder.path());
    EXPECT_FALSE(fs::exists(folder.path() / ".git"));   // nothing is written there
}

class InRepository : public testing::Test {
protected:
    InRepository()
    {
        git_libgit2_init();
        EXPECT_EQ(git_repository_init(&m_repository, (m_folder.path() / "repo").c_str(), 0), 0);
    }
    ~InRepository() override
    {
        git_repository_free(m_repository);
        git_libgit2_shutdown();
    }
    void track(const char* path)
    {
        git_index* index = nullptr;
        ASSERT_EQ(git_repository_index(&index, m_repository), 0);
        EXPECT_EQ(git_index_read(index, 1), 0);
        git_index_entry entry{};
        entry.mode = GIT_FILEMODE_BLOB;
        entry.path = path;
        EXPECT_EQ(git_index_add_from_buffer(index, &entry, "x", 1), 0);
        EXPECT_EQ(git_index_write(index), 0);
        git_index_free(index);
    }
    Document load(const char* path = "repo") const { return test::loaded(m_folder.path(path)); }

    TestFolder m_folder;
    git_repository* m_repository = nullptr;
};

TEST_F(InRepository, HonoursFilesAboveTheFolderAndItsOwnExcludes)
{
    m_folder.write("repo/.gitignore", "*.log\n/sub/secret.txt\n");
    m_folder.write("repo/.git/info/exclude", "mine.txt\n");
    m_folder.write("repo/sub/a.txt", "a");
    m_folder.write("repo/sub/a.log", "a");
    m_folder.write("repo/sub/mine.txt", "m");
    m_folder.write("repo/sub/secret.txt", "s");
    m_folder.write("repo/sub/deep/kept.log", "k");
    m_folder.write("repo/sub/deep/.gitignore", "!kept.log\n");
    EXPECT_EQ(includedIn(load("repo/sub")), (std::set<std::string>{"a.txt", "deep/.gitignore", "deep/kept.log"}));
    const Document whole = load();
    EXPECT_EQ(whyNot(whole, ".git/"), "version control data");
    expectLedgerAddsUp(whole, m_folder.path() / "repo");
}

TEST_F(InRepository, HonoursTheUsersOwnExcludes)
{
    m_folder.write("home/.gitconfig", "[core]\n\texcludesfile = " + (m_folder.path() / "home/excludes").string() + "\n");
    m_folder.write("home/excludes", "*.mine\n");
    m_folder.write("repo/a.txt", "a");
    m_folder.write("repo/b.mine", "b");
    m_folder.write("plain/a.txt", "a");
    m_folder.write("plain/b.mine", "b");
    git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, (m_folder.path() / "home").c_str());
    const Document repository = load();
    const Document plain = load("plain");
    git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, nullptr);
    EXPECT_EQ(includedIn(repository), std::set<std::string>{"a.txt"});
    EXPECT_EQ(includedIn(plain), std::set<std::string>{"a.txt"});
}

TEST_F(InRepository, ReadsWhatGitTracksThoughItIsIgnored)
{
    m_folder.write("repo/.gitignore", "*.txt\nvendor/\n");
    m_folder.write("repo/tracked.txt", "x");
    m_folder.write("repo/other.txt", "o");
    m_folder.write("repo/vendor/tracked.c", "x");
    m_folder.write("repo/vendor/other.c", "o");
    m_folder.write("repo/build/tracked.c", "x");
    m_folder.write("repo/dist/made.js", "m");
    for (const char* path : {"tracked.txt", "vendor/tracked.c", "build/tracked.c"})
        track(path);
    const Document document = load();
    EXPECT_EQ(includedIn(document), (std::set<std::string>{".gitignore", "tracked.txt", "vendor/tracked.c", "build/tracked.c"}));
    EXPECT_EQ(whyNot(document, "dist/"), "build output");
}

TEST_F(InRepository, ReadsAnIgnoredFolderThatIsOpenedItself)
{
    m_folder.write("repo/.gitignore", "notes/\n");
    m_folder.write("repo/notes/a.txt", "a");
    EXPECT_EQ(includedIn(load("repo/notes")), std::set<std::string>{"a.txt"});
}

TEST(FolderWalker, HonoursOctavoignore)
{
    TestFolder folder;
    folder.write(".gitignore", "wanted.txt\n");
    folder.write(".octavoignore", "!wanted.txt\nlong/\n");
    folder.write("wanted.txt", "w");
    folder.write("long/a.txt", "a");
    folder.write("sub/.octavoignore", "/here.txt\n");
    folder.write("sub/here.txt", "h");
    folder.write("sub/deep/here.txt", "h");
    const Document document = test::loaded(folder.path("."));
    EXPECT_EQ(includedIn(document),
              (std::set<std::string>{".gitignore", ".octavoignore", "wanted.txt", "sub/.octavoignore", "sub/deep/here.txt"}));
    EXPECT_EQ(whyNot(document, "sub/here.txt"), "ignored by .octavoignore");
    expectLedgerAddsUp(document, folder.path());
}

TEST(FolderWalker, LeavesOutWhatNobodyWantsReadAndSaysSo)
{
    TestFolder folder;
    folder.write("main.c", "int main() {}\n");
    folder.write("node_modules/a/b.js", "a();\n");
    folder.write("__pycache__/x.pyc", "x");
    folder.write("package-lock.json", "{}");
    folder.write("Cargo.lock", "[]");
    folder.write("a.min.js", "a()");
    folder.write("squeezed.js", std::string(20000, 'x'));
    folder.write("picture.png", std::string("\x89PNG\0", 5));
    folder.write("empty.txt", "");
    folder.write("huge.txt", std::string((4 << 20) + 1, 'x'));
    fs::create_directory_symlink(folder.path(), folder.path() / "loop");
    fs::create_symlink("main.c", folder.path() / "link.c");
    const Document document = test::loaded(folder.path("."));
    EXPECT_EQ(includedIn(document), std::set<std::string>{"main.c"});
    const std::vector<std::pair<const char*, const char*>> rows{
        {"node_modules/", "installed packages"},
        {"__pycache__/", "cache"},
        {"package-lock.json", "lock file"},
        {"Cargo.lock", "lock file"},
        {"a.min.js", "minified file"},
        {"squeezed.js", "minified file"},
        {"picture.png", "binary file"},
        {"empty.txt", "empty file"},
        {"huge.txt", "larger than 4 MB"},
        {"loop", "symbolic link, not followed"},
        {"link.c", "symbolic link, not followed"},
    };
    for (const auto& [what, why] : rows)
        EXPECT_EQ(whyNot(document, what), why);
    expectLedgerAddsUp(document, folder.path());
}

TEST(FolderWalker, PutsFirstWhatExplainsTheRest)
{
    TestFolder folder;
    for (const char* name : {"a.c", "sub/b.c", "sub/README.md", "z.c", "CMakeLists.txt", "readme.txt"})
        folder.write(name, "words\n");
    QStringList order;
    for (const SourceFile& file : test::loaded(folder.path(".")).files)
        order << file.relativePath;
    EXPECT_EQ(order.join(' ').toStdString(), "readme.txt CMakeLists.txt a.c sub/README.md sub/b.c z.c");
}

TEST(FolderWalker, SurvivesNamesThatAreNoUtf8)
{
    TestFolder folder;
    folder.write("caf\xE9/\xFF\xFE.txt", "read all the same\n");
    folder.write("caf\xE9/.gitignore", "skip.txt\n");
    folder.write("caf\xE9/skip.txt", "s");
    const Document document = test::loaded(folder.path("."));
    EXPECT_EQ(document.files.size(), 2);
    EXPECT_TRUE(document.text.contains("read all the same"));
    EXPECT_TRUE(document.text.isValidUtf8());
    expectLedgerAddsUp(document, folder.path());
}

TEST(FolderLoader, EveryFileComesBackFromItsSpan)
{
    TestFolder folder;
    const std::vector<std::pair<std::string, std::string>> files{
        {"a.txt", "no line end"},
        {"b.txt", "\n\nblank lines around\n\n\n"},
        {"c.txt", "==== a.txt ====\n\nlooks like a heading\n"},
        {"d/e/f.txt", "crlf\r\nlines\r\n"},
        {"g.txt", "\xEF\xBB\xBFmarked"},
        {"h.txt", "l'\xE9t\xE9 est d\xE9j\xE0 pass\xE9, et l'\xE9l\xE8ve a d\xE9m\xE9nag\xE9\n"},
    };
    for (const auto& [name, content] : files)
        folder.write(name, content);
    const Document document = test::loaded(folder.path("."));
    ASSERT_EQ(document.files.size(), qsizetype(files.size()));
    for (const SourceFile& file : document.files) {
        const Document alone = test::loaded(file.path);
        EXPECT_EQ(document.text.mid(file.bytes.begin, file.bytes.size()), alone.text) << file.relativePath.toStdString();
        EXPECT_EQ(file.encoding, alone.files[0].encoding);
        EXPECT_TRUE(document.text.first(file.bytes.begin).endsWith("==== " + file.relativePath.toUtf8() + " ====\n\n"));
    }
}

TEST(IgnoreRules, RewritesARuleForTheTop)
{
    struct Row {
        const char* folder;
        const char* line;
        const char* rule;
    };
    const std::vector<Row> rows{
        {"", "", ""},
        {"", "# words", ""},
        {"", "/", ""},
        {"", "a", "/**/a"},
        {"", "/a", "/a"},
        {"", "a/b", "/a/b"},
        {"", "a/", "/**/a/"},
        {"s/", "a", "/s/**/a"},
        {"s/", "/a", "/s/a"},
        {"s/", "a/b/", "/s/a/b/"},
        {"s/", "**/a", "/s/**/a"},
        {"s/", "a ", "/s/**/a"},
        {"s/", "a\\ ", "/s/**/a\\ "},
        {"s/", "!a", "!/s/**/[a]"},
        {"s/", "!/ab", "!/s/a[b]"},
        {"s/", "!a*", "!/s/**/a*"},
        {"s/", "!ab/", "!/s/**/a[b]/"},
        {"[s]*/", "a\r", "/\\[s\\]\\*/**/a"},
        {"", "\\#a", "/**/\\#a"},
        {"", "!a\\ ", "!/**/a[\\ ]"},
    };
    for (const Row& row : rows)
        EXPECT_EQ(ignoreRuleAtTop(row.folder, row.line), row.rule) << row.line;
}

} // namespace
} // namespace octavo::app
