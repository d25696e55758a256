// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "octavo/app/session.h"
#include "reader/coverage_map.h"

namespace octavo::ui {

// A band as tall as the whole document: what was read, what is not read yet, what the answer drew on, what was skipped and why.
// Click, drag or arrow keys move the reader.
class CoverageRibbon : public QWidget {
    Q_OBJECT

public:
    explicit CoverageRibbon(QWidget* parent = nullptr);

    void showDocument(const app::Document& document);
    void showRead(double share);                            // 0…1 of the text, from its beginning
    void showSources(const QList<app::Source>& sources, app::DocumentId document);  // as they come with an answer; those elsewhere keep their number
    void showView(app::ByteRange visible);

    QString tipAt(double place) const;
    QSize sizeHint() const override;

signals:
    void placeChosen(qint64 byte);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRectF bandOf(app::ByteRange bytes, double leastHeight) const;
    double placeAt(double y) const;
    void describe();

    CoverageMap m_map;
    qint64 m_bytes = 0;
    double m_read = 0;
    QList<app::Source> m_sources;
    app::DocumentId m_document = 0;
    app::ByteRange m_visible;
};

} // namespace octavo::ui
