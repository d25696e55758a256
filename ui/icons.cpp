// SPDX-License-Identifier: Apache-2.0
#include "icons.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QLatin1String>
#include <QPainter>
#include <QPalette>
#include <QSvgRenderer>

namespace octavo::ui {

namespace {

QByteArray drawing(const QString& name)
{
    QFile file(QStringLiteral(":/octavo/icons/%1.svg").arg(name));
    const bool opened = file.open(QIODevice::ReadOnly);
    Q_ASSERT_X(opened, "icons", qPrintable(name));
    Q_UNUSED(opened)
    return file.readAll();
}

class InkIconEngine : public QIconEngine {
public:
    explicit InkIconEngine(QString name) : m_name(std::move(name)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override
    {
        painter->drawPixmap(rect, scaledPixmap(rect.size(), mode, state, painter->device()->devicePixelRatioF()));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override { return scaledPixmap(size, mode, state, 1.0); }

    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal scale) override
    {
        Q_UNUSED(state)
        if (size.isEmpty())   // a widget that has no room for it
            return {};
        const QPalette palette = QGuiApplication::palette();
        // What is chosen in a list stands on a soft colour, in the usual ink.
        const QColor ink = palette.color(mode == QIcon::Disabled ? QPalette::Disabled : QPalette::Active, QPalette::ButtonText);
        QSvgRenderer renderer(drawing(m_name).replace("#000", ink.name().toLatin1()));
        QPixmap pixmap(size * scale);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        renderer.render(&painter);
        painter.end();
        pixmap.setDevicePixelRatio(scale);
        return pixmap;
    }

    QIconEngine* clone() const override { return new InkIconEngine(m_name); }

private:
    QString m_name;
};

} // namespace

QIcon icon(QLatin1String name)
{
    return QIcon(new InkIconEngine(name));
}

QIcon programIcon()
{
    QSvgRenderer renderer(drawing(QStringLiteral("octavo")));
    QPixmap pixmap(256, 256);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    renderer.render(&painter);
    painter.end();
    return QIcon(pixmap);
}

} // namespace octavo::ui
