// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QList>
#include <QMetaType>
#include <QSizeF>
#include <QString>

namespace octavo::app {

// One page as it looks. app/ draws nothing: these are the bytes of a QImage of Format_RGB888.
struct PagePicture {
    int width = 0;         // pixels
    int height = 0;
    QByteArray rgb;        // rows from the top, 3 bytes a pixel, nothing between rows
};

// The pages of a file as they are shown, in points (1/72 inch).
struct PageSizes {
    QString file;
    QList<QSizeF> sizes;   // empty: see `failure`
    QString failure{};     // one sentence; empty: there is none
};

struct DrawnPage {
    QString file;
    int page = 0;          // 1-based
    double dpi = 0;        // that was asked for
    PagePicture picture;   // empty: see `failure`
    QString failure{};     // one sentence; empty: there is none
};

} // namespace octavo::app

Q_DECLARE_METATYPE(octavo::app::PageSizes)
Q_DECLARE_METATYPE(octavo::app::DrawnPage)
