// SPDX-License-Identifier: Apache-2.0
#include "assistant/markdown_words.h"

#include <QRegularExpression>

namespace octavo::app {

QString literalMarkdown(const QString& text)
{
    static const QRegularExpression special(QStringLiteral("([\\\\`*_{}\\[\\]<>#|~])"));
    return text.simplified().replace(special, QStringLiteral("\\\\1"));
}

} // namespace octavo::app
