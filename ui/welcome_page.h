// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

namespace octavo::ui {

// What stands in the middle while no document is shown: how to begin.
class WelcomePage : public QWidget {
    Q_OBJECT

public:
    // The sample is offered only where its folder is there.
    explicit WelcomePage(const QString& sampleDir, QWidget* parent = nullptr);

signals:
    void openFilesWanted();
    void openFolderWanted();
    void summarizeWanted();
    void sampleWanted();

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace octavo::ui
