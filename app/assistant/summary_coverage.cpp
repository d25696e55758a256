// SPDX-License-Identifier: Apache-2.0
#include "assistant/summary_coverage.h"

#include <numeric>

#include <QRegularExpression>

#include "assistant/summary_words.h"

namespace octavo::app {

namespace {

// A chapter is looked at if the whole gave it this part of an even share of its attention. Softmax spreads: of eight pieces of Frankenstein SmolLM2-135M's
// whole gave 0.43 and 0.48 of it to the two of which it tells nothing, and 0.84 to 1.83 to the others (octavo-cli summarize, then hops --level chapters).
constexpr double kLeastOfEvenShare = 0.5;
// A chapter's own summary looked at it if this much of its attention went there; most goes to the first tokens and to what is being written.
constexpr double kLeastAttention = 0.05;

using Kind = SummaryPart::Kind;
using Gap = SummaryPart::Gap;

bool namesTitle(const QString& text, const QString& title)
{
    const QRegularExpression whole(QStringLiteral("(?<!\\w)%1(?!\\w)").arg(QRegularExpression::escape(title)),
                                   QRegularExpression::CaseInsensitiveOption | QRegularExpression::UseUnicodePropertiesOption);
    return !title.isEmpty() && whole.match(text).hasMatch();
}

bool isUnsaid(const SummaryPart& chapter)
{
    const QString& text = chapter.message.text;
    return text.trimmed().isEmpty() || (chapter.attention < kLeastAttention && wordsIn(text, chapter.words).isEmpty());
}

} // namespace

double attentionToText(const HopRecord& record)
{
    const double all = std::accumulate(record.weights.begin(), record.weights.end(), 0.0);
    return record.tokenCount() == 0 ? 0 : all / static_cast<double>(record.tokenCount());
}

void setWholeAttention(Summary& summary, DocumentId document, const HopRecord& record)
{
    const std::vector<double> shares = record.shares(0, record.tokenCount());
    for (SummaryPart& part : summary.parts) {
        if (part.kind != Kind::Chapter || part.document != document)
            continue;
        for (std::size_t n = 0; n < record.passages.size(); ++n)
            if (record.passages[n].document == document && record.passages[n].bytes == part.bytes)
                part.wholeAttention = shares[n];
    }
}

void findGaps(Summary& summary)
{
    for (const SummarizedDocument& of : summary.documents) {
        QList<SummaryPart*> chapters;
        const SummaryPart* whole = nullptr;
        for (SummaryPart& part : summary.parts) {
            if (part.document == of.id && part.kind == Kind::Chapter)
                chapters.append(&part);
            else if (part.document == of.id && part.kind == Kind::Whole)
                whole = &part;
        }
        const bool wholeIsThere = !whole || whole->isDone();
        for (SummaryPart* chapter : chapters) {
            chapter->gap = Gap::None;
            const bool ended = chapter->message.id != 0 && chapter->message.state != Message::State::Streaming;
            if (ended && isUnsaid(*chapter))
                chapter->gap = Gap::Unsaid;
            if (!whole || !wholeIsThere)
                continue;
            if (chapter->message.id == 0)
                chapter->gap = Gap::Unsaid;
            chapter->mentioned = wordsIn(whole->message.text, chapter->words);
            const bool isLookedAt = chapter->wholeAttention * static_cast<double>(chapters.size()) >= kLeastOfEvenShare;
            const bool isMentioned = !chapter->mentioned.isEmpty() || namesTitle(whole->message.text, chapter->title);
            if (chapter->gap == Gap::None && !isLookedAt && !isMentioned && !chapter->again)
                chapter->gap = Gap::PassedOver;
        }
    }
}

} // namespace octavo::app
