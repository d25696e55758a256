// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

#include "octavo/app/model_shelf.h"

class QLabel;
class QLineEdit;
class QListWidget;
class QProgressBar;
class QPushButton;

namespace octavo::ui {

// The models there are, whether they fit this machine, and what can be done with them. Passive.
class ModelsDialog : public QDialog {
    Q_OBJECT

public:
    explicit ModelsDialog(QWidget* parent = nullptr);

public slots:
    void showShelf(const octavo::app::ModelShelf& shelf);
    void showDownload(const octavo::app::ModelDownload& download);
    void endDownload();

signals:
    void useWanted(const QString& file);
    void importWanted(const QString& file);
    void downloadWanted(const QString& reference, const QString& sha256);
    void stopDownloadWanted();
    void removeWanted(const QString& file);            // a person has said so twice

private:
    const app::ModelFile* chosen() const;              // null: none
    QWidget* makeDownload();
    void download();
    void setDownloading(bool downloading);
    void showState();
    void askForFile();
    void askToRemove();

    app::ModelShelf m_shelf;
    QListWidget* m_list;
    QLabel* m_detail;
    QPushButton* m_use;
    QPushButton* m_remove;
    QLineEdit* m_reference;
    QLineEdit* m_sha256;
    QPushButton* m_download;           // or stops
    QLabel* m_progress;
    QProgressBar* m_bar;
    bool m_downloading = false;
};

// "fits: takes 1.2 GB with a text of 100,000 tokens, 5.2 GB are free", or why not.
QString fitText(const app::ModelFile& model, qint64 memoryFree);

} // namespace octavo::ui
