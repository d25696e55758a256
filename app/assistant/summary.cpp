// SPDX-License-Identifier: Apache-2.0
#include "octavo/app/summary.h"

#include <algorithm>

#include "assistant/markdown_words.h"

namespace octavo::app {

namespace {

constexpr qsizetype kNamedFiles = 8;      // of what was left out; of the rest the number

using Kind = SummaryPart::Kind;
using Gap = SummaryPart::Gap;

template <class Concerns>
QString chaptersOf(const Summary& summary, DocumentId document, const Concerns& concerns)
{
    QStringList titles;
    for (const SummaryPart& part : summary.parts)
        if (part.kind == Kind::Chapter && part.document == document && concerns(part))
            titles.append(part.title);
    return titles.join(QStringLiteral("; "));
}

void addText(QString& markdown, const SummaryPart& part)
{
    if (!part.message.text.trimmed().isEmpty())
        markdown += part.message.text.trimmed() + QStringLiteral("\n\n");
    if (part.message.state != Message::State::Complete && !part.message.note.isEmpty())
        markdown += QStringLiteral("*%1*\n\n").arg(literalMarkdown(part.message.note));
}

} // namespace

bool Summary::isComplete() const
{
    return std::all_of(parts.begin(), parts.end(), [](const SummaryPart& part) { return part.isDone(); });
}

QList<int> Summary::gaps() const
{
    QList<int> places;
    for (int at = 0; at < parts.size(); ++at)
        if (parts[at].gap != Gap::None)
            places.append(at);
    return places;
}

int Summary::topOf(DocumentId document) const
{
    int top = -1;
    for (int at = 0; at < parts.size(); ++at) {
        const bool stands = document == 0 ? parts[at].kind == Kind::Together : parts[at].document == document;
        if (stands)
            top = at;   // the last is its whole, or its only chapter
    }
    return top >= 0 || documents.size() != 1 ? top : topOf(documents.first().id);
}

QStringList coverageWords(const Summary& summary)
{
    QStringList sentences;
    for (const SummarizedDocument& document : summary.documents) {
        const auto isUnwritten = [&](const SummaryPart& part) { return part.message.id == 0 && !summary.running; };
        const QString passedOver = chaptersOf(summary, document.id, [](const SummaryPart& part) { return part.gap == Gap::PassedOver; });
        const QString unsaid = chaptersOf(summary, document.id, [&](const SummaryPart& part) { return part.gap == Gap::Unsaid && !isUnwritten(part); });
        const QString unwritten = chaptersOf(summary, document.id, isUnwritten);
        if (!passedOver.isEmpty())
            sentences.append(QStringLiteral("The summary of “%1” neither looked at nor mentions: %2.").arg(document.title, passedOver));
        if (!unsaid.isEmpty())
            sentences.append(QStringLiteral("Of “%1” there is nothing from: %2.").arg(document.title, unsaid));
        if (!unwritten.isEmpty())
            sentences.append(QStringLiteral("Of “%1” are not written yet: %2.").arg(document.title, unwritten));
        QStringList files;
        for (const LedgerEntry& entry : document.leftOut.first(std::min(document.leftOut.size(), kNamedFiles)))
            files.append(QStringLiteral("%1 (%2)").arg(entry.what, entry.why));
        if (document.leftOut.size() > kNamedFiles)
            files.append(QStringLiteral("and %1 more, in its ledger").arg(document.leftOut.size() - kNamedFiles));
        if (!files.isEmpty())
            sentences.append(QStringLiteral("Of “%1” was not read: %2.").arg(document.title, files.join(QStringLiteral("; "))));
    }
    return sentences;
}

QString markdownOf(const SummaryPart& part)
{
    return QStringLiteral("**%1:** %2\n\n").arg(literalMarkdown(part.title), part.message.text.trimmed());
}

QString markdownOf(const Summary& summary)
{
    QString markdown = QStringLiteral("# %1\n\n").arg(literalMarkdown(summary.session.title));
    if (const int together = summary.topOf(0); together >= 0 && summary.parts[together].kind == Kind::Together)
        addText(markdown, summary.parts[together]);
    for (const SummarizedDocument& document : summary.documents) {
        if (summary.documents.size() > 1)
            markdown += QStringLiteral("## %1\n\n").arg(literalMarkdown(document.title));
        const int top = summary.topOf(document.id);
        if (top >= 0)
            addText(markdown, summary.parts[top]);
        for (const SummaryPart& part : summary.parts)
            if (part.document == document.id && part.again)
                markdown += markdownOf(part);
        for (int at = 0; at < top; ++at) {
            const SummaryPart& part = summary.parts[at];
            if (part.document != document.id)
                continue;
            markdown += QStringLiteral("### %1\n\n").arg(literalMarkdown(part.title));
            addText(markdown, part);
        }
    }
    const QStringList missing = coverageWords(summary);
    if (!missing.isEmpty()) {
        markdown += QStringLiteral("---\n\n");
        for (const QString& sentence : missing)
            markdown += QStringLiteral("- %1\n").arg(literalMarkdown(sentence));
    }
    return markdown;
}

} // namespace octavo::app
