// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFile>
#include <QString>

namespace octavo::test {

// A Markdown book of three chapters with six long paragraphs each, so about eighteen passages.
inline QByteArray sampleBookText()
{
    QByteArray text;
    for (int chapter = 1; chapter <= 3; ++chapter) {
        text += "# Chapter " + QByteArray::number(chapter) + "\n\n";
        for (int paragraph = 1; paragraph <= 6; ++paragraph) {
            const QByteArray mark = QByteArray::number(chapter) + '.' + QByteArray::number(paragraph);
            text += "Paragraph " + mark + " begins here. " + QByteArray("The white whale swam on below the keel. ").repeated(15)
                    + "Paragraph " + mark + " ends here.\n\n";
        }
    }
    return text;
}

inline QString writeSampleBook(const QString& folder, const QByteArray& text = sampleBookText())
{
    const QString path = folder + QStringLiteral("/book.md");
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(text) == text.size() ? path : QString();
}

} // namespace octavo::test
