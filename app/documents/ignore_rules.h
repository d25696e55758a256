// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace octavo::app {

// What .gitignore files (nested ones, negations, the repository's and the user's own excludes) and .octavoignore files say about
// the paths of one folder, matched by libgit2. A folder outside any repository counts as one without history.
// .octavoignore has the same syntax and outranks the .gitignore beside it, so it can also bring back what git ignores.
// A parent's word counts for its children: walk from the top, enter() each folder before asking about what lies in it, and
// don't go into ignored folders. Paths are relative to the folder, '/' between names, bytes as the file system has them.
// Not thread safe. Nothing is ever written into the folder.
class IgnoreRules {
public:
    enum class Verdict { Read, IgnoredByGit, IgnoredByOctavo };

    explicit IgnoreRules(const std::filesystem::path& folder);
    ~IgnoreRules();

    // Takes up the ignore files that lie in a folder; "" is the top one.
    void enter(const std::string& relativeFolder);
    // What git tracks, or holds tracked files, is not ignored by git.
    Verdict verdictOn(const std::string& relativePath, bool isFolder) const;
    bool isTracked(const std::string& relativePath, bool isFolder) const;

private:
    struct Repository;
    std::unique_ptr<Repository> m_repository;
};

// One line of an ignore file in `folder` ("" or "a/b/"), as the line that means the same in an ignore file at the top; empty for
// blank lines and comments. Public for tests.
std::string ignoreRuleAtTop(const std::string& folder, std::string line);

} // namespace octavo::app
