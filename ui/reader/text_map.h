// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <QByteArray>
#include <QString>

#include "octavo/app/document.h"

namespace octavo::ui {

// A document's text as the reader shows it, and where each of its bytes stands there.
// Every line end ("\n", "\r\n", "\r") is shown as one '\n', so positions are those of a QTextDocument with this text. With
// `joinWrappedLines`, line ends that only served to fit a page's width are shown as spaces and a paragraph flows as one block.
// Cost: one pass over the text to build, a binary search and one line's decoding per question.
class TextMap {
public:
    TextMap() = default;
    explicit TextMap(const QByteArray& utf8, bool joinWrappedLines = false);

    const QString& shown() const { return m_shown; }
    qint64 byteCount() const { return m_bytes.size(); }

    // Both clamp to the text; a byte within a character stands where its character does.
    int positionOf(qint64 byte) const;
    qint64 byteOf(int position) const;

private:
    struct Line {
        qint64 byte = 0;       // where the line begins
        int position = 0;
        qint64 bytes = 0;      // without its line end
    };
    std::vector<Line> splitLines();
    std::vector<bool> wrappedLines() const;
    QStringView lineAt(std::size_t at) const;
    int pageWidth() const;

    QByteArray m_bytes;
    QString m_shown;
    std::vector<Line> m_lines;
};

} // namespace octavo::ui
