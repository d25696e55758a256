// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <QByteArrayView>

namespace octavo::app {

// The lines of a source file, numbered from 0, and what their look tells without knowing the language well.
class CodeLines {
public:
    explicit CodeLines(QByteArrayView text);

    qint64 count() const { return qint64(m_begins.size()) - 1; }
    qint64 begin(qint64 line) const { return m_begins[size_t(line)]; }   // count() is where the text ends
    QByteArrayView at(qint64 line) const;                               // without white space around

    // The first of the lines right above `line` that belong to the definition there: comments, attributes, a template's
    // parameters; where types stand first (`cLike`) also a result type on a line of its own.
    qint64 firstOf(qint64 line, bool cLike) const;

    // The line behind the definition that begins at `line`, as its indentation tells.
    qint64 behindBlockAt(qint64 line) const;

    // `line`, or behind the blank lines there.
    qint64 behindBlank(qint64 line) const;

private:
    qint64 indentation(qint64 line) const;
    qint64 commentAbove(qint64 line) const;

    QByteArrayView m_text;
    std::vector<qint64> m_begins;
};

} // namespace octavo::app
