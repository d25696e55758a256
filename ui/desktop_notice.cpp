// SPDX-License-Identifier: Apache-2.0
#include "desktop_notice.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QVariantMap>
#include <QWidget>

namespace octavo::ui {

namespace {

constexpr QLatin1String kService("org.freedesktop.Notifications");
constexpr QLatin1String kPath("/org/freedesktop/Notifications");
constexpr int kAsTheDesktopLikes = -1;   // how long it is shown

} // namespace

DesktopNotice::DesktopNotice(QWidget& window, QObject* parent) : QObject(parent), m_window(window)
{
    QDBusConnection::sessionBus().connect(kService, kPath, kService, QStringLiteral("ActionInvoked"), this, SLOT(raiseWindow(uint, QString)));
}

void DesktopNotice::tell(const QString& title, const QString& text)
{
    QDBusMessage call = QDBusMessage::createMethodCall(kService, kPath, kService, QStringLiteral("Notify"));
    const QStringList actions{QStringLiteral("default"), tr("Show")};
    const QVariantMap hints{{QStringLiteral("desktop-entry"), QApplication::applicationName()}};
    call << QApplication::applicationDisplayName() << m_last << QApplication::applicationName() << title << text.toHtmlEscaped() << actions << hints << kAsTheDesktopLikes;
    auto* watcher = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<uint> reply = *watcher;
        if (reply.isError())
            QApplication::alert(&m_window);
        else
            m_last = reply.value();
        watcher->deleteLater();
    });
}

void DesktopNotice::raiseWindow(uint notice, const QString&)
{
    if (notice != m_last)
        return;
    m_window.setWindowState(m_window.windowState() & ~Qt::WindowMinimized);
    m_window.show();
    m_window.raise();
    m_window.activateWindow();
}

} // namespace octavo::ui
