// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "octavo/app/summary.h"

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace octavo::ui {

class MessageView;

// One part of a summary: a row with its title and how it stands; open, also its text with sources, as an answer is shown.
class SummaryPartView : public QWidget {
    Q_OBJECT

public:
    explicit SummaryPartView(const app::SummaryPart& part, QWidget* parent = nullptr);

    const app::SummaryPart& part() const { return m_part; }
    void setPart(const app::SummaryPart& part);
    void append(const QString& piece);                  // while it is being written
    bool isOpen() const;
    void setOpen(bool open);
    bool isWriting() const { return m_part.message.id != 0 && m_part.message.state == app::Message::State::Streaming; }

signals:
    void sourceClicked(const octavo::app::Source& source);
    void hopsWanted(octavo::app::MessageId message);
    void sourcesShown(const QList<octavo::app::Source>& sources);

private:
    void showState();
    void showBody();

    app::SummaryPart m_part;
    QToolButton* m_head;
    QLabel* m_state;
    QVBoxLayout* m_column;
    MessageView* m_body = nullptr;                      // made when it is first seen: a book may have a hundred
};

} // namespace octavo::ui
