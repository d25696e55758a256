// SPDX-License-Identifier: Apache-2.0
#include "documents/document_kind.h"

#include <QSet>

namespace octavo::app {

namespace {

const QSet<QString>& markdownSuffixes()
{
    static const QSet<QString> suffixes{"md", "markdown", "mdown", "mkd", "mdx", "rmd", "qmd"};
    return suffixes;
}

// Prose without a markup whose headings Octavo reads; whatever is neither this nor Markdown has lines that matter, like code.
const QSet<QString>& proseSuffixes()
{
    static const QSet<QString> suffixes{"",         "txt", "text",    "utf8", "utf-8", "asc", "rst", "adoc",
                                         "asciidoc", "org", "textile", "nfo",  "tex",   "ltx", "me",  "1st"};
    return suffixes;
}

// Code that carries no suffix to tell it by.
const QSet<QString>& codeNames()
{
    static const QSet<QString> names{"makefile",  "gnumakefile", "cmakelists.txt",   "dockerfile", "containerfile", "gemfile",
                                      "rakefile",  "vagrantfile", "jenkinsfile",      "procfile",   "justfile",      "build",
                                      "workspace", "configure",   "requirements.txt", "go.mod"};
    return names;
}

} // namespace

DocumentKind kindOfFile(const QString& fileName)
{
    const QString name = fileName.toLower();
    const qsizetype dot = name.lastIndexOf('.');
    const QString suffix = dot > 0 ? name.mid(dot + 1) : QString();
    if (codeNames().contains(name) || dot == 0)   // .clang-format, .gitignore
        return DocumentKind::Code;
    if (markdownSuffixes().contains(suffix))
        return DocumentKind::Markdown;
    return proseSuffixes().contains(suffix) ? DocumentKind::PlainText : DocumentKind::Code;
}

} // namespace octavo::app
