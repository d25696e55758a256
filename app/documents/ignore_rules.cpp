// SPDX-License-Identifier: Apache-2.0
#include "documents/ignore_rules.h"

#include <fstream>
#include <string_view>

#include <QTemporaryDir>

#include <git2.h>

namespace octavo::app {

namespace {

namespace fs = std::filesystem;

template <class T, void (*free)(T*)>
struct GitFree {
    void operator()(T* object) const { free(object); }
};
using GitRepository = std::unique_ptr<git_repository, GitFree<git_repository, git_repository_free>>;
using GitIndex = std::unique_ptr<git_index, GitFree<git_index, git_index_free>>;

struct GitLibrary {
    GitLibrary() { git_libgit2_init(); }
    ~GitLibrary() { git_libgit2_shutdown(); }
};

GitRepository openAround(const fs::path& folder)
{
    git_repository* found = nullptr;
    if (git_repository_open_ext(&found, folder.c_str(), 0, nullptr) != 0)
        return nullptr;
    GitRepository repository(found);
    const char* workdir = git_repository_workdir(found);
    if (!workdir)
        return nullptr;
    // A person who opens an ignored folder of a repository wants it read.
    const std::string inside = fs::relative(folder, workdir).generic_string();
    int ignored = 0;
    if (inside != "." && (git_ignore_path_is_ignored(&ignored, found, (inside + '/').c_str()) != 0 || ignored != 0))
        return nullptr;
    return repository;
}

// An empty repository whose files lie elsewhere; set_workdir writes nothing into the folder, init with a workdir would.
GitRepository openBeside(const fs::path& folder, const QString& gitDir)
{
    git_repository* made = nullptr;
    if (git_repository_init(&made, gitDir.toLocal8Bit().constData(), 1) != 0)
        return nullptr;
    GitRepository repository(made);
    return git_repository_set_workdir(made, folder.c_str(), 0) == 0 ? std::move(repository) : nullptr;
}

std::string escaped(const std::string& literal)
{
    std::string pattern;
    for (const char c : literal) {
        if (std::string_view("*?[]\\ ").find(c) != std::string_view::npos)
            pattern += '\\';
        pattern += c;
    }
    return pattern;
}

} // namespace

// libgit2 1.5 drops a negation without wildcards unless the very same file holds what it negates, so a nested "!keep.log"
// against a "*.log" above was lost. Brackets around its last character make it a wildcard that means the same.
std::string ignoreRuleAtTop(const std::string& folder, std::string line)
{
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n'))
        line.pop_back();
    while (!line.empty() && line.back() == ' ' && !line.ends_with("\\ "))
        line.pop_back();
    if (line.empty() || line.front() == '#')
        return {};
    const bool negative = line.front() == '!';
    std::string body = line.substr(negative ? 1 : 0);
    const bool onlyFolders = body.ends_with('/');
    if (onlyFolders)
        body.pop_back();
    const bool anchored = body.find('/') != std::string::npos;
    if (body.starts_with('/'))
        body.erase(0, 1);
    if (body.empty())
        return {};
    if (negative && body.find_first_of("*?[") == std::string::npos) {
        const size_t last = body.size() >= 2 && body[body.size() - 2] == '\\' ? body.size() - 2 : body.size() - 1;
        body = body.substr(0, last) + '[' + body.substr(last) + ']';
    }
    return (negative ? "!/" : "/") + escaped(folder) + (anchored ? "" : "**/") + body + (onlyFolders ? "/" : "");
}

struct IgnoreRules::Repository {
    GitLibrary library;
    QTemporaryDir temporary;   // holds the stand-in for a repository that isn't there
    GitRepository git;         // knows .gitignore files alone, to tell who ignores a path
    GitRepository all;         // .octavoignore files too
    GitIndex index;
    fs::path folder;
    std::string prefix;        // from the repository's top to the folder: "" or "a/b/"

    static void addRules(git_repository* repository, const fs::path& file, const std::string& inFolder)
    {
        std::ifstream in(file);
        std::string rules;
        for (std::string line; std::getline(in, line);) {
            if (line.starts_with("\xEF\xBB\xBF"))
                line.erase(0, 3);
            if (const std::string rule = ignoreRuleAtTop(inFolder, line); !rule.empty())
                rules += rule + '\n';
        }
        if (!rules.empty())
            git_ignore_add_rule(repository, rules.c_str());
    }

    void addRulesOf(const fs::path& place, const std::string& inFolder) const
    {
        addRules(git.get(), place / ".gitignore", inFolder);
        addRules(all.get(), place / ".gitignore", inFolder);
        addRules(all.get(), place / ".octavoignore", inFolder);
    }

    static bool isIgnored(git_repository* repository, const std::string& path)
    {
        int ignored = 0;
        return git_ignore_path_is_ignored(&ignored, repository, path.c_str()) == 0 && ignored != 0;
    }
};

IgnoreRules::IgnoreRules(const fs::path& folder) : m_repository(std::make_unique<Repository>())
{
    Repository& my = *m_repository;
    my.folder = folder;
    my.git = openAround(folder);
    if (my.git) {
        my.all = openAround(folder);
        git_index* index = nullptr;
        if (git_repository_index(&index, my.git.get()) == 0)
            my.index.reset(index);
        const fs::path top = git_repository_workdir(my.git.get());
        fs::path place = top;
        for (const fs::path& name : fs::relative(folder, top)) {
            if (name == ".")
                break;
            my.addRulesOf(place, my.prefix);
            place /= name;
            my.prefix += name.generic_string() + '/';
        }
    } else {
        my.git = openBeside(folder, my.temporary.filePath(QStringLiteral("git")));
        my.all = openBeside(folder, my.temporary.filePath(QStringLiteral("all")));
    }
    if (!my.git || !my.all) {   // no room for temporary files: the folder is read as if nothing were ignored
        my.git.reset();
        my.all.reset();
    }
}

IgnoreRules::~IgnoreRules() = default;

void IgnoreRules::enter(const std::string& relativeFolder)
{
    const Repository& my = *m_repository;
    if (my.all)
        my.addRulesOf(my.folder / relativeFolder, my.prefix + (relativeFolder.empty() ? "" : relativeFolder + '/'));
}

bool IgnoreRules::isTracked(const std::string& relativePath, bool isFolder) const
{
    const Repository& my = *m_repository;
    if (!my.index)
        return false;
    const std::string path = my.prefix + relativePath;
    size_t at = 0;
    return isFolder ? git_index_find_prefix(&at, my.index.get(), (path + '/').c_str()) == 0
                    : git_index_get_bypath(my.index.get(), path.c_str(), 0) != nullptr;
}

IgnoreRules::Verdict IgnoreRules::verdictOn(const std::string& relativePath, bool isFolder) const
{
    const Repository& my = *m_repository;
    const std::string path = my.prefix + relativePath + (isFolder ? "/" : "");
    if (!my.all || !Repository::isIgnored(my.all.get(), path))
        return Verdict::Read;
    if (!Repository::isIgnored(my.git.get(), path))
        return Verdict::IgnoredByOctavo;
    return isTracked(relativePath, isFolder) ? Verdict::Read : Verdict::IgnoredByGit;
}

} // namespace octavo::app
