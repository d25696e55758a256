// SPDX-License-Identifier: Apache-2.0
#include "documents/default_ignores.h"

#include <algorithm>

#include <QHash>
#include <QSet>

#include "documents/file_format.h"

namespace octavo::app {

namespace {

const QHash<QString, FolderVerdict>& folderVerdicts()
{
    static const QHash<QString, FolderVerdict> verdicts = [] {
        const auto why = [](const char* text, bool unlessTracked) { return FolderVerdict{QString::fromLatin1(text), unlessTracked}; };
        QHash<QString, FolderVerdict> all;
        for (const char* name : {".git", ".hg", ".svn", ".bzr", "CVS", "_darcs"})
            all.insert(QString::fromLatin1(name), why("version control data", false));
        for (const char* name : {"node_modules", "bower_components", ".venv", "venv", "site-packages", "jspm_packages"})
            all.insert(QString::fromLatin1(name), why("installed packages", false));
        for (const char* name :
             {"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox", ".nox", ".cache", ".ccache", ".gradle", ".eggs"})
            all.insert(QString::fromLatin1(name), why("cache", false));
        for (const char* name : {".idea", ".vs", ".vscode"})
            all.insert(QString::fromLatin1(name), why("editor settings", true));
        for (const char* name : {"build", "_build", "dist", "out", "target", "obj", "CMakeFiles", ".next", ".nuxt", "coverage", "htmlcov"})
            all.insert(QString::fromLatin1(name), why("build output", true));
        return all;
    }();
    return verdicts;
}

const QSet<QString>& lockFiles()
{
    static const QSet<QString> names{"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "bun.lockb", "go.sum",
                                      "gradle.lockfile",   "packages.lock.json"};
    return names;
}

// Files that say what a project is and how it is built.
const QSet<QString>& manifests()
{
    static const QSet<QString> names{
        "cmakelists.txt", "meson.build",      "makefile",      "package.json", "cargo.toml",   "pyproject.toml",   "setup.py",
        "setup.cfg",      "requirements.txt", "go.mod",        "pom.xml",      "build.gradle", "build.gradle.kts", "gemfile",
        "composer.json",  "mix.exs",          "package.swift", "pubspec.yaml", "dune-project", "configure.ac",     "dockerfile"};
    return names;
}

} // namespace

FolderVerdict whyFolderIsSkipped(const QString& name)
{
    if (name.startsWith(QLatin1String("cmake-build-")) || name.startsWith(QLatin1String("bazel-"))
        || name.endsWith(QLatin1String(".egg-info")))
        return {QStringLiteral("build output"), true};
    return folderVerdicts().value(name);
}

QString whyFileIsSkipped(const QString& name, qint64 bytes)
{
    if (bytes == 0)
        return QStringLiteral("empty file");
    if (bytes > kMaxFolderFileBytes && !formattedSuffixes().contains(name.section('.', -1).toLower()))
        return QStringLiteral("larger than %1 MB").arg(kMaxFolderFileBytes >> 20);
    if (name == QLatin1String(".git"))   // of a worktree or submodule
        return QStringLiteral("version control data");
    const QString lower = name.toLower();
    if (lockFiles().contains(lower) || lower.endsWith(QLatin1String(".lock")))
        return QStringLiteral("lock file");
    if (lower.endsWith(QLatin1String(".min.js")) || lower.endsWith(QLatin1String(".min.css")) || lower.endsWith(QLatin1String(".min.mjs")))
        return QStringLiteral("minified file");
    if (lower.endsWith(QLatin1String(".js.map")) || lower.endsWith(QLatin1String(".css.map")))
        return QStringLiteral("source map");
    return {};
}

bool looksMinified(const QString& name, QByteArrayView text)
{
    const QString lower = name.toLower();
    const bool squeezable
        = lower.endsWith(QLatin1String(".js")) || lower.endsWith(QLatin1String(".mjs")) || lower.endsWith(QLatin1String(".css"));
    return squeezable && text.size() > 8192 && text.size() / (1 + std::count(text.begin(), text.end(), '\n')) > 500;
}

int readingRank(const QString& name)
{
    const QString lower = name.toLower();
    if (lower.startsWith(QLatin1String("readme")))
        return 0;
    return manifests().contains(lower) ? 1 : 2;
}

} // namespace octavo::app
