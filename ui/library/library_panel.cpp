// SPDX-License-Identifier: Apache-2.0
#include "library/library_panel.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>

#include "library/card_delegate.h"
#include "library/reading_card.h"
#include "library/trash_dialog.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr int kTypingPause = 200;          // ms
constexpr int kUndoTime = 12'000;          // ms that the undo bar stays

QListView* makeList(const char* name, const QString& what, QAbstractItemModel* model, CardDelegate* delegate, QWidget* parent)
{
    auto* list = new QListView(parent);
    list->setObjectName(QLatin1String(name));
    list->setAccessibleName(what);
    list->setModel(model);
    list->setItemDelegate(delegate);
    list->setMouseTracking(true);
    list->setUniformItemSizes(true);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list->setContextMenuPolicy(Qt::CustomContextMenu);
    list->setFrameShape(QFrame::NoFrame);
    list->viewport()->setAutoFillBackground(false);
    return list;
}

QHBoxLayout* headRow(QWidget* title, QWidget* button)
{
    auto* row = new QHBoxLayout;
    row->setContentsMargins(kGrid, 0, 0, 0);
    row->addWidget(title, 1);
    row->addWidget(button);
    return row;
}

} // namespace

LibraryPanel::LibraryPanel(QWidget* parent) : QWidget(parent), m_undoBar(makeUndoBar())
{
    setObjectName(QStringLiteral("libraryPanel"));
    setAttribute(Qt::WA_StyledBackground);
    buildDocuments();
    buildSessions();

    auto* add = iconButton(QLatin1String("plus"), "addButton", tr("Open files"), this);
    connect(add, &QToolButton::clicked, this, &LibraryPanel::openWanted);
    auto* fresh = iconButton(QLatin1String("plus"), "newConversationButton", tr("New conversation about the selected documents"), this);
    connect(fresh, &QToolButton::clicked, this, &LibraryPanel::newSessionWanted);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(kGrid, kGrid, kGrid, kGrid);
    column->setSpacing(kGrid / 2);
    column->addLayout(headRow(label(tr("Documents"), "section", this), add));
    column->addWidget(m_documentHint);
    column->addWidget(m_documentList, 2);
    column->addWidget(m_readOn);
    column->addWidget(m_reading);
    column->addSpacing(kGrid);
    column->addLayout(headRow(label(tr("Conversations"), "section", this), fresh));
    column->addWidget(m_search);
    column->addWidget(m_sessionHint);
    column->addWidget(m_sessionList, 3);
    column->addWidget(m_undoBar);
    column->addWidget(m_trashButton);
    hintIfEmpty();
}

void LibraryPanel::buildDocuments()
{
    CardDelegate::Look look;
    look.detailRole = DocumentsModel::StateTextRole;
    look.shareRole = DocumentsModel::ShareRole;
    look.activeRole = DocumentsModel::ReadingRole;
    look.kindRole = DocumentsModel::KindRole;
    look.actionIcon = QStringLiteral("trash");
    look.actionTip = tr("Remove from the library");
    auto* delegate = new CardDelegate(look, this);
    m_documentList = makeList("documentList", tr("Documents"), &m_documents, delegate, this);
    m_documentList->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_documentList->installEventFilter(this);
    m_documentHint = label(tr("What you open is listed here, with how much of it has been read."), "caption", this);
    m_documentHint->setWordWrap(true);
    m_documentHint->setContentsMargins(kGrid, 0, kGrid, 0);
    m_reading = new ReadingCard(this);
    m_readOn = new QPushButton(this);
    m_readOn->setObjectName(QStringLiteral("readOnButton"));
    m_readOn->hide();

    const auto choose = [this](const QModelIndex& index) {
        const app::DocumentId id = index.data(DocumentsModel::IdRole).toLongLong();
        const app::DocumentHit* hit = m_documents.hitOf(id);
        hit ? emit placeChosen(id, hit->bytes) : emit documentChosen(id);
    };
    connect(m_documentList, &QListView::clicked, this, choose);
    connect(m_documentList, &QListView::activated, this, choose);
    connect(m_documentList, &QListView::customContextMenuRequested, this, &LibraryPanel::showDocumentMenu);
    connect(delegate, &CardDelegate::actionClicked, this,
            [this](const QModelIndex& index) { emit removeWanted(index.data(DocumentsModel::IdRole).toLongLong()); });
    connect(m_reading, &ReadingCard::stopWanted, this, &LibraryPanel::stopWanted);
    connect(m_readOn, &QPushButton::clicked, this, [this] {
        const app::DocumentSummary* document = m_documents.find(m_currentDocument);
        if (document && document->changed)
            emit reopenWanted(document->path);
        else
            emit readWanted(m_currentDocument);
    });
}

void LibraryPanel::buildSessions()
{
    CardDelegate::Look look;
    look.detailRole = SessionsModel::DetailRole;
    look.actionIcon = QStringLiteral("trash");
    look.actionTip = tr("Move to the trash");
    auto* delegate = new CardDelegate(look, this);
    m_sessionList = makeList("sessionList", tr("Conversations"), &m_sessions, delegate, this);
    m_sessionList->setEditTriggers(QAbstractItemView::EditKeyPressed | QAbstractItemView::DoubleClicked);
    m_sessionList->installEventFilter(this);
    m_sessionHint = label({}, "caption", this);
    m_sessionHint->setObjectName(QStringLiteral("sessionHint"));
    m_sessionHint->setWordWrap(true);
    m_sessionHint->setContentsMargins(kGrid, 0, kGrid, 0);
    m_search = new QLineEdit(this);
    m_search->setObjectName(QStringLiteral("sessionSearch"));
    m_search->setAccessibleName(tr("Search conversations and texts"));
    m_search->setPlaceholderText(tr("Search everything"));
    m_search->setClearButtonEnabled(true);
    m_trashButton = new QPushButton(this);
    m_trashButton->setObjectName(QStringLiteral("trashButton"));
    m_trashButton->setFlat(true);
    m_trashButton->hide();
    m_trash = new TrashDialog(this);
    m_searchPause = new QTimer(this);
    m_searchPause->setSingleShot(true);
    m_searchPause->setInterval(kTypingPause);

    const auto choose = [this](const QModelIndex& index) { emit sessionChosen(index.data(SessionsModel::IdRole).toLongLong()); };
    connect(m_sessionList, &QListView::clicked, this, choose);
    connect(m_sessionList, &QListView::activated, this, choose);
    connect(m_sessionList, &QListView::customContextMenuRequested, this, &LibraryPanel::showSessionMenu);
    connect(delegate, &CardDelegate::actionClicked, this, &LibraryPanel::trash);
    connect(&m_sessions, &SessionsModel::renameWanted, this, &LibraryPanel::renameWanted);
    connect(m_trashButton, &QPushButton::clicked, m_trash, &QDialog::open);
    connect(m_trash, &TrashDialog::restoreWanted, this, &LibraryPanel::restoreWanted);
    connect(m_trash, &TrashDialog::eraseWanted, this, &LibraryPanel::eraseWanted);
    connect(m_search, &QLineEdit::textChanged, m_searchPause, qOverload<>(&QTimer::start));
    connect(m_searchPause, &QTimer::timeout, this, [this] { emit searchWanted(m_search->text().trimmed()); });
}

QFrame* LibraryPanel::makeUndoBar()
{
    auto* bar = new QFrame(this);
    bar->setObjectName(QStringLiteral("undoBar"));
    m_undoText = label({}, "caption", bar);
    auto* undo = new QPushButton(tr("Undo"), bar);
    undo->setObjectName(QStringLiteral("undoButton"));
    m_undoTime = new QTimer(bar);
    m_undoTime->setSingleShot(true);
    m_undoTime->setInterval(kUndoTime);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(kGrid + kGrid / 2, kGrid / 2, kGrid / 2, kGrid / 2);
    row->addWidget(m_undoText, 1);
    row->addWidget(undo);
    connect(m_undoTime, &QTimer::timeout, bar, &QWidget::hide);
    connect(undo, &QPushButton::clicked, this, [this] {
        m_undoBar->hide();
        emit restoreWanted(m_trashed);
    });
    bar->hide();
    return bar;
}

QString LibraryPanel::titleOf(app::SessionId session) const
{
    return m_sessions.indexOf(session).data().toString();
}

QList<app::DocumentId> LibraryPanel::chosenDocuments() const
{
    QList<app::DocumentId> chosen;
    for (const QModelIndex& index : m_documentList->selectionModel()->selectedIndexes())
        chosen.append(index.data(DocumentsModel::IdRole).toLongLong());
    if (chosen.isEmpty() && m_currentDocument != 0)
        chosen.append(m_currentDocument);
    return chosen;
}

void LibraryPanel::showDocuments(const QList<app::DocumentSummary>& documents)
{
    m_documents.setDocuments(documents);
    narrowDocuments();
    setCurrentDocument(m_currentDocument);
    hintIfEmpty();
}

void LibraryPanel::showDocument(const app::DocumentSummary& document)
{
    m_documents.put(document);
    hintIfEmpty();
    offerReading();
}

void LibraryPanel::showFound(const QString& words, const QList<app::DocumentHit>& hits)
{
    if (words != m_search->text().trimmed())
        return;                // others are typed by now
    m_narrowed = !words.isEmpty();
    m_documents.setHits(hits);
    narrowDocuments();
}

void LibraryPanel::narrowDocuments()
{
    for (int row = 0; row < m_documents.rowCount(); ++row)
        m_documentList->setRowHidden(row, m_narrowed && !m_documents.hitOf(m_documents.index(row).data(DocumentsModel::IdRole).toLongLong()));
}

void LibraryPanel::showSessions(const QList<app::SessionSummary>& sessions, const QList<app::SessionSummary>& trashed)
{
    m_sessions.setSessions(sessions);
    setCurrentSession(m_currentSession);
    m_trash->showTrash(trashed);
    m_trashButton->setText(tr("Trash (%1)").arg(trashed.size()));
    m_trashButton->setVisible(!trashed.isEmpty());
    hintIfEmpty();
}

void LibraryPanel::showEstimate(const app::ReadEstimate& estimate)
{
    if (const app::DocumentSummary* document = m_documents.find(estimate.document))
        m_reading->showEstimate(document->title, estimate);
    offerReading();
}

void LibraryPanel::showProgress(const app::ReadProgress& progress)
{
    m_documents.showProgress(progress);
    const app::DocumentSummary* document = m_documents.find(progress.document);
    m_reading->showProgress(document ? document->title : QString(), progress);
    offerReading();
}

void LibraryPanel::finishReading(const app::DocumentSummary& document)
{
    m_documents.stopProgress();
    m_reading->finish();
    showDocument(document);
}

void LibraryPanel::setIdle()
{
    m_documents.stopProgress();
    m_reading->finish();
    offerReading();
}

void LibraryPanel::offerReading()
{
    const app::DocumentSummary* document = m_documents.find(m_currentDocument);
    using State = app::DocumentSummary::State;
    const bool changed = document && document->changed;
    const bool more = document && (changed || (document->state != State::Read && document->state != State::Missing));
    m_readOn->setText(changed ? tr("Read its new text") : document && document->readTokens > 0 ? tr("Read on") : tr("Read it"));
    m_readOn->setVisible(more && m_reading->isHidden());
}

void LibraryPanel::setCurrentDocument(app::DocumentId document)
{
    m_currentDocument = document;
    const QModelIndex index = m_documents.indexOf(document);
    if (!index.isValid())
        m_documentList->clearSelection();
    else if (!m_documentList->selectionModel()->isSelected(index))
        m_documentList->setCurrentIndex(index);
    offerReading();
}

void LibraryPanel::setCurrentSession(app::SessionId session)
{
    m_currentSession = session;
    const QModelIndex index = m_sessions.indexOf(session);
    index.isValid() ? m_sessionList->setCurrentIndex(index) : m_sessionList->clearSelection();
}

void LibraryPanel::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void LibraryPanel::focusDocuments()
{
    m_documentList->setFocus(Qt::OtherFocusReason);
}

void LibraryPanel::hintIfEmpty()
{
    const bool noDocuments = m_documents.rowCount() == 0;
    m_documentHint->setVisible(noDocuments);
    const bool noSessions = m_sessions.rowCount() == 0;
    const bool searching = !m_search->text().trimmed().isEmpty();
    m_sessionHint->setText(searching ? tr("No conversation has these words.") : tr("Your conversations are kept here."));
    m_sessionHint->setVisible(noSessions);
}

void LibraryPanel::showDocumentMenu(const QPoint& at)
{
    const QModelIndex index = m_documentList->indexAt(at);
    if (!index.isValid())
        return;
    const app::DocumentId id = index.data(DocumentsModel::IdRole).toLongLong();
    QMenu menu(this);
    if (index.data(DocumentsModel::ReadingRole).toBool())
        menu.addAction(tr("Stop reading"), this, &LibraryPanel::stopWanted);
    else if (index.data(DocumentsModel::ShareRole).toDouble() < 1)
        menu.addAction(tr("Read"), this, [this, id] { emit readWanted(id); });
    menu.addAction(tr("New conversation"), this, &LibraryPanel::newSessionWanted);
    menu.addAction(tr("Summarize"), this, [this, id] { emit summarizeWanted(id); });
    if (const app::DocumentSummary* document = m_documents.find(id); document->state != app::DocumentSummary::State::Missing)
        menu.addAction(tr("Choose what is read of it…"), this, [this, path = document->path] { emit previewWanted(path); });
    menu.addSeparator();
    QAction* pin = menu.addAction(tr("Keep on the disk always"), this, [this, id](bool pinned) { emit pinWanted(id, pinned); });
    pin->setCheckable(true);
    pin->setChecked(m_documents.find(id)->pinned);
    pin->setToolTip(tr("What was read of it is not deleted to make room for others."));
    if (const app::DocumentSummary* document = m_documents.find(id); document->readTokens > 0)
        menu.addAction(tr("Delete what was read (%1)").arg(QLocale().formattedDataSize(document->kvBytes, 1)), this, [this, id] { emit forgetWanted(id); });
    menu.addAction(tr("Remove from the library…"), this, [this, id] { emit removeWanted(id); });
    menu.exec(m_documentList->viewport()->mapToGlobal(at));
}

void LibraryPanel::showSessionMenu(const QPoint& at)
{
    const QPersistentModelIndex index = m_sessionList->indexAt(at);
    if (!index.isValid())
        return;
    QMenu menu(this);
    menu.addAction(tr("Rename"), this, [this, index] { m_sessionList->edit(index); });
    menu.addAction(tr("Export…"), this, [this, index] { emit exportWanted(index.data(SessionsModel::IdRole).toLongLong(), index.data().toString()); });
    menu.addAction(tr("Move to the trash"), this, [this, index] { trash(index); });
    menu.exec(m_sessionList->viewport()->mapToGlobal(at));
}

void LibraryPanel::trash(const QModelIndex& index)
{
    m_trashed = index.data(SessionsModel::IdRole).toLongLong();
    m_undoText->setText(tr("Conversation moved to the trash."));
    m_undoBar->show();
    m_undoTime->start();
    emit trashWanted(m_trashed);
}

bool LibraryPanel::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Delete) {
        if (const QModelIndex index = m_sessionList->currentIndex(); watched == m_sessionList && index.isValid())
            trash(index);
        else if (const QModelIndex document = m_documentList->currentIndex(); watched == m_documentList && document.isValid())
            emit removeWanted(document.data(DocumentsModel::IdRole).toLongLong());
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace octavo::ui
