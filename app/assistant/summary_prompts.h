// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "octavo/app/document.h"

namespace octavo::app {

// What the model is asked for. Short and plain, because small models repeat what they are told about form ("In three or four sentences, I have
// summarized …"). Nor is a chapter named: asked for “Chapter 3”, SmolLM2-135M tells The Great Gatsby's.
inline QString chapterPrompt(DocumentKind kind)
{
    return kind == DocumentKind::Code || kind == DocumentKind::Folder
        ? QStringLiteral("What is the text above for? Answer in one short paragraph with the names of the most important things in it.")
        : QStringLiteral("What happens in the text above? Answer in one short paragraph with the names of the people and places.");
}

// About a text that has the summaries of the chapters, a paragraph each.
inline QString wholePrompt(const QString& title)
{
    return QStringLiteral("The text above tells “%1” chapter by chapter. Summarize all of it, from its beginning to its end.").arg(title);
}

// About a text that has the summaries of several documents.
inline QString togetherPrompt()
{
    return QStringLiteral("The text above tells several documents, one after the other. Summarize all of them.");
}

} // namespace octavo::app
