// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QBuffer>
#include <QByteArray>
#include <QImage>
#include <QPainter>
#include <QSvgRenderer>

namespace octavo::app {

// An SVG drawing as a PNG file, at twice its size, so that the two never differ. Header only: app/ itself draws nothing and links
// neither Qt Gui nor Svg; the window and the command line, which include this, do. Needs a QGuiApplication for its fonts.
inline QByteArray pngOfSvg(const QByteArray& svg)
{
    constexpr double kScale = 2;
    QSvgRenderer renderer(svg);
    QImage image((QSizeF(renderer.defaultSize()) * kScale).toSize(), QImage::Format_ARGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    renderer.render(&painter);
    painter.end();
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

} // namespace octavo::app
