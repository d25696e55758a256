// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <QAbstractItemModel>

#include "octavo/app/preview.h"

namespace octavo::ui {

// What was opened, as a tree of documents, folders, files and chapters, of which folders and files can be unticked. What is left out in any case is
// there too, with its reason and without a box to tick.
class PreviewModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { NameColumn, TokensColumn, ShareColumn, SizeColumn };
    // Share: 0…1 of all tokens. Reason: why it is left out, else empty. Sort: a number or text to sort the column by. Matches: by the words searched.
    enum Role { ShareRole = Qt::UserRole + 1, ReasonRole, SortRole, MatchesRole };

    explicit PreviewModel(app::OpenPreview preview, QObject* parent = nullptr);
    ~PreviewModel() override;

    // A folder of which nothing is ticked is left out as a whole, also what will be in it later.
    QList<app::PreviewChoice> choices() const;
    // Of what is ticked, all documents together.
    app::ReadEstimate cost() const;
    bool isTimeKnown() const { return m_preview.tokensPerSecond > 0; }
    int leftOutInAnyCase() const;          // lines with a reason

    // Rows whose path has the words, and those around them, match; all do if it is empty. Tells how many rows have them.
    int search(const QString& words);

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;

signals:
    // After a tick. dataChanged comes for the row, those around it and those right below; what lies deeper has to be painted anew by who shows it: to
    // tell of the files in 1,000 folders takes a tree view two seconds, which it spends looking for rows that are not open.
    void choiceChanged();

private:
    struct Node;
    Node* nodeOf(const QModelIndex& index) const;
    QModelIndex indexOf(const Node& node) const;
    QVariant text(const Node& node, int column) const;
    QString described(const Node& node) const;
    void tellChanged(const Node& node);

    app::OpenPreview m_preview;
    qint64 m_tokens = 0;                   // of all documents, ticked or not
    std::unique_ptr<Node> m_root;          // its children are the documents
    bool m_isTouched = false;              // what was read before, and is not read again, is known only of the text as it comes
};

} // namespace octavo::ui
