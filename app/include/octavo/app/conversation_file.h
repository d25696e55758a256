// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFileInfo>
#include <QSaveFile>

#include "octavo/app/conversation_text.h"
#include "octavo/app/failure.h"
#include "octavo/app/html_pdf.h"

namespace octavo::app {

// Writes a conversation to a file, which it replaces if it is there; the ending tells the form: .md, .html, .pdf or .json. From any thread. Header only, as
// html_pdf.h is.
inline Outcome<void> writeConversation(const ConversationText& text, const QString& file)
{
    const QString ending = QFileInfo(file).suffix().toLower();
    QByteArray bytes;
    if (ending == QLatin1String("md"))
        bytes = writtenAs(text, TextFormat::Markdown);
    else if (ending == QLatin1String("html"))
        bytes = writtenAs(text, TextFormat::Html);
    else if (ending == QLatin1String("pdf"))
        bytes = pdfOfHtml(writtenAs(text, TextFormat::Html), text.session.summary.title);
    else if (ending == QLatin1String("json"))
        bytes = writtenAs(text, TextFormat::Json);
    else
        return Failure{Failure::Kind::Usage, QStringLiteral("%1 has no ending that says what to write; use .octavo, .md, .html, .pdf or .json.").arg(file)};
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size() || !out.commit())
        return Failure{Failure::Kind::File, QStringLiteral("%1 cannot be written (%2); choose another place.").arg(file, out.errorString())};
    return {};
}

} // namespace octavo::app
