// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class QWidget;

namespace octavo::ui {

// Words to a person who looks at another window: a notification of the desktop (org.freedesktop.Notifications); where there is none, the window's entry in the
// task bar asks for attention. A click on the notification brings the window to the front. Never waits for the desktop.
class DesktopNotice : public QObject {
    Q_OBJECT

public:
    explicit DesktopNotice(QWidget& window, QObject* parent = nullptr);

public slots:
    void tell(const QString& title, const QString& text);

private slots:
    void raiseWindow(uint notice, const QString& action);

private:
    QWidget& m_window;
    uint m_last = 0;           // the notification that a new one takes the place of; 0: none
};

} // namespace octavo::ui
