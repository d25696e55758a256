// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <gtest/gtest.h>

#include "documents/latex_outline.h"
#include "documents/marked_outline.h"
#include "documents/rst_outline.h"
#include "documents_support.h"

namespace octavo::app {
namespace {

using Outliner = TextOutline (*)(QByteArrayView, const std::stop_token&);

struct Case {
    const char* what;
    Outliner outliner;
    const char* text;
    const char* title;
    const char* parts;
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.what; }

class MarkupOutline : public testing::TestWithParam<Case> {};

TEST_P(MarkupOutline, IsThatOfItsHeadings)
{
    const QByteArray text(GetParam().text);
    const TextOutline outline = GetParam().outliner(text, {});
    EXPECT_EQ(outline.title.toStdString(), GetParam().title);
    EXPECT_EQ(test::asText(outline.parts), GetParam().parts);
    test::expectWellFormed({{}, PartKind::Book, {0, text.size()}, outline.parts});
    QByteArray crlf = text;
    crlf.replace("\n", "\r\n");
    EXPECT_EQ(test::asText(GetParam().outliner(crlf, {}).parts), GetParam().parts) << "with CRLF";
}

TEST_P(MarkupOutline, EndsWhenStopped)
{
    std::stop_source source;
    source.request_stop();
    EXPECT_TRUE(GetParam().outliner(GetParam().text, source.get_token()).parts.isEmpty());
}

const std::vector<Case>& cases()
{
    static const std::vector<Case> all{
        {"latex_book", latexOutline,
         "\\documentclass{book}\n\\title{On \\emph{Reading}\\thanks{you}\\\\ and \\\"Ol}\n\\begin{document}\n\\part{One}\n\\chapter[Short]{A long~title}\n"
         "\\section*{No number \\& all}\ntext\n  \\subsection{Deep}\\subsubsection{Deeper}\n\\chapter{Two} text\n\\part{Second}\n\\appendix\n\\chapter{Data}\n\\end{document}\n",
         "On Reading and Öl", "One\n A long title\n  No number & all\n   Deep\n    Deeper\n Two\nSecond\nAppendix\n Data\n"},
        {"latex_article", latexOutline, "\\section{A}\n\\subsection{B \\texttt{c}}\n\\section{D}\n\\appendix\n\\section{E}\n", "", "A\n B c\nD\nAppendix\n E\n"},
        {"latex_none_in_comments_and_verbatim", latexOutline,
         "% \\section{No}\n100\\% \\section{Yes}\n\\begin{verbatim}\n\\section{No}\n\\end{verbatim}\n\\begin{lstlisting}[language=TeX]\n\\section{No}\n\\end{lstlisting}\n"
         "\\verb|\\section{No}| \\newcommand{\\x}[1]{\\section{#1}}\n\\titleformat{\\section}{\\large}\n\\sectionmark{No}\n\\section{Over\n  two lines}\n",
         "", "Yes\nOver two lines\n"},
        {"latex_broken", latexOutline, "\\section{never closed\n\n\\section\n\\section[\n\\begin{\n\\", "", ""},
        {"latex_chapter_file", latexOutline, "\\chapter{Memory}\n\\section{Pages}\n\\section{Rings}\n", "Memory", "Memory\nPages\nRings\n"},
        {"rst_styles_as_met", rstOutline,
         "=====\nTitle\n=====\n\nwords\n\nOne\n===\n\nOne and a *half* of :ref:`it <x>`\n-----------------------------------\n\nTwo\n===\n\n.. _label:\n\nThree ``code``\n==============\n",
         "Title", "Title\nOne\n One and a half of it\nTwo\nThree code\n"},
        {"rst_no_titles", rstOutline,
         "A paragraph\nof two lines\n------------\n\n----\n\nExample::\n\n    Title\n    =====\n\n=====  =====\nA      B\n=====  =====\n\nLong title\n--\n", "", ""},
        {"rst_wide_title", rstOutline, "日本語\n======\n\nA\n~\n\nB\n~\n", "日本語", "日本語\nA\nB\n"},
        {"asciidoc", asciidocOutline,
         "= The Manual\n:toc:\n\n== One\n\n----\n== no heading\n----\n\n=== Deep\n\n```sh\n== no heading\n```\n\n====\nan example\n====\n\n==none\n\n== Two\n",
         "The Manual", "The Manual\nOne\n Deep\nTwo\n"},
        {"org", orgOutline,
         "#+TITLE: Notes\n* TODO [#A] One :tag:other:\n** Deep\n*bold*\n#+begin_src org\n* no heading\n#+end_src\n* Two\n", "Notes", "One\n Deep\nTwo\n"},
        {"latex_empty", latexOutline, "", "", ""},
        {"rst_empty", rstOutline, "", "", ""},
        {"asciidoc_empty", asciidocOutline, "", "", ""},
        {"org_empty", orgOutline, "", "", ""},
    };
    return all;
}

INSTANTIATE_TEST_SUITE_P(Languages, MarkupOutline, testing::ValuesIn(cases()), [](const auto& one) { return std::string(one.param.what); });

TEST(MarkupOutline, IsChosenByTheFilesName)
{
    test::TestFolder folder;
    folder.write("a.tex", "\\title{Paper}\n\\section{A}\n\\section{B}\n");
    folder.write("b.rst", "A\n=\n\nB\n=\n");
    folder.write("c.adoc", "== A\n\n== B\n");
    folder.write("d.org", "* A\n* B\n");
    EXPECT_EQ(test::asText(test::loaded(folder.path(".")).outline.parts), "a.tex\n A\n B\nb.rst\n A\n B\nc.adoc\n A\n B\nd.org\n A\n B\n");
    const Document paper = test::loaded(folder.path("a.tex"));
    EXPECT_EQ(paper.title, QStringLiteral("Paper"));
    EXPECT_EQ(test::asText(paper.outline.parts), "A\nB\n");
}

} // namespace
} // namespace octavo::app
