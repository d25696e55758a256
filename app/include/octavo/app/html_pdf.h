// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QBuffer>
#include <QByteArray>
#include <QPageSize>
#include <QPdfWriter>
#include <QTextDocument>

namespace octavo::app {

// A web page as a PDF file of A4 pages, so that the two never differ. Header only, as pngOfSvg() is, and for the same reason; from any thread. Needs a QGuiApplication.
inline QByteArray pdfOfHtml(const QByteArray& html, const QString& title)
{
    constexpr int kMargin = 20;          // mm
    QTextDocument document;
    document.setHtml(QString::fromUtf8(html));
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setTitle(title);
    writer.setCreator(QStringLiteral("Octavo"));
    writer.setPageSize(QPageSize(QPageSize::A4));
    writer.setPageMargins(QMarginsF(kMargin, kMargin, kMargin, kMargin), QPageLayout::Millimeter);
    document.print(&writer);
    buffer.close();
    return bytes;
}

} // namespace octavo::app
