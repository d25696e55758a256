// SPDX-License-Identifier: Apache-2.0
#include <QFileInfo>
#include <QStringList>

#include "chat/answering_popup.h"
#include "chat/chat_page.h"
#include "main_window.h"

// How answers are written: as the settings say, or as the conversation has it by itself, which the window remembers.

namespace octavo::ui {

namespace {

constexpr qint64 kSmallModel = 1'000'000'000;  // bytes: some two billion parameters of four bits

QString answeringKey(app::SessionId session) { return QStringLiteral("answering/%1").arg(session); }

} // namespace

void MainWindow::wireAnswering()
{
    auto* popup = new AnsweringPopup(this);
    connect(m_chat, &ChatPage::answeringWanted, popup, [this, popup](QWidget* button) { popup->openBelow(button, usualAnswering(), ownAnswering(m_chat->session())); });
    connect(popup, &AnsweringPopup::chosen, this, [this](const std::optional<Answering>& own) {
        keepAnswering(m_chat->session(), own);
        applyAnswering();
    });
}

Answering MainWindow::usualAnswering() const
{
    return {m_settings.number(Setting::Temperature), static_cast<int>(m_settings.number(Setting::AnswerTokens))};
}

std::optional<Answering> MainWindow::ownAnswering(app::SessionId session) const
{
    const QStringList kept = m_settings.kept(answeringKey(session)).toStringList();
    return kept.size() == 2 ? std::optional(Answering{kept[0].toDouble(), kept[1].toInt()}) : std::nullopt;
}

void MainWindow::keepAnswering(app::SessionId session, const std::optional<Answering>& own)
{
    m_settings.keep(answeringKey(session), own ? QVariant(QStringList{QString::number(own->temperature), QString::number(own->maxTokens)}) : QVariant());
}

void MainWindow::applyAnswering()
{
    const std::optional<Answering> own = ownAnswering(m_chat->session());
    const Answering now = own.value_or(usualAnswering());
    app::AnswerOptions options{now.maxTokens, static_cast<float>(now.temperature), 0};
    options.wish = wantsShortAnswers() ? QString::fromLatin1(app::kShortAnswer) : QString();
    m_assistant.setAnswering(options);
    m_chat->setHasOwnAnswering(own.has_value());
}

bool MainWindow::wantsShortAnswers() const
{
    const QString choice = m_settings.choice(Setting::ShortAnswers);
    const bool isSmall = m_modelReady && QFileInfo(m_modelReady->file).size() < kSmallModel;
    return choice == QStringLiteral("always") || (choice == QStringLiteral("small") && isSmall);
}

// What was chosen before the first question goes with it.
void MainWindow::moveAnswering(app::SessionId to)
{
    if (const std::optional<Answering> own = ownAnswering(0)) {
        keepAnswering(to, own);
        keepAnswering(0, {});
    }
}

} // namespace octavo::ui
