// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractButton>

#include "octavo/app/session.h"

namespace octavo::ui {

// One source under an answer: its number in its colour, where it is, its share. A click goes there.
class SourceChip : public QAbstractButton {
    Q_OBJECT

public:
    SourceChip(const app::Source& source, int rank, QWidget* parent = nullptr);

    const app::Source& source() const { return m_source; }
    void setVerified(bool verified);                   // that the answer needs it: a tick says so
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    app::Source m_source;
    int m_rank;
    bool m_verified = false;
};

} // namespace octavo::ui
