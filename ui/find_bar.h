// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QWidget>

class QLabel;
class QLineEdit;
class QTimer;

namespace octavo::ui {

// All places where the words stand, without regard to case; positions ascend and do not overlap.
QList<int> findAll(const QString& text, const QString& words);

// Words to find in the text shown, how often they occur, and the way from one to the next.
class FindBar : public QWidget {
    Q_OBJECT

public:
    // `what`: what is searched, for people; `name`: with which the names of its parts begin.
    FindBar(const QString& what, const QString& name, QWidget* parent = nullptr);

    void setText(const QString& text);         // what is searched; kept by implicit sharing
    void open(int fromPosition);               // focuses the words; the first match shown is at or behind this position
    void close();
    void next() { step(1); }
    void previous() { step(-1); }

signals:
    void matchesChanged(const QList<int>& begins, int length);
    void matchShown(int begin, int end);
    void closed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void search();
    void step(int by);
    void showCount();

    QString m_text;
    QList<int> m_matches;
    qsizetype m_current = -1;
    int m_from = 0;
    QLineEdit* m_words;
    QLabel* m_count;
    QTimer* m_pause;
};

} // namespace octavo::ui
