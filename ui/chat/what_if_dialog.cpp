// SPDX-License-Identifier: Apache-2.0
#include "chat/what_if_dialog.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>
#include <QTreeView>
#include <QVBoxLayout>

#include "elided_label.h"
#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr qsizetype kPassageCharacters = 90;

std::vector<PartChoice> choicesOf(app::DocumentId document, const QList<app::Part>& parts)
{
    std::vector<PartChoice> choices;
    for (const app::Part& part : parts)
        choices.push_back({part.title.simplified(), {document, part.bytes}, choicesOf(document, part.parts)});
    return choices;
}

PartChoice sourcesOf(const app::Message& answer)
{
    PartChoice group{WhatIfDialog::tr("Passages the answer drew on")};
    for (qsizetype at = 0; at < answer.sources.size(); ++at) {
        const app::Source& source = answer.sources[at];
        QString passage = source.text.simplified();
        if (passage.size() > kPassageCharacters)
            passage = passage.left(kPassageCharacters - 1) + QStringLiteral("…");
        group.parts.push_back({QStringLiteral("%1  %2").arg(at + 1).arg(passage), {source.document, source.bytes}});
    }
    return group;
}

} // namespace

WhatIfDialog::WhatIfDialog(const app::Message& answer, const QString& question, const QList<app::DocumentOutline>& texts, QWidget* parent)
    : QDialog(parent), m_choice(label({}, "caption", this))
{
    setObjectName(QStringLiteral("whatIfDialog"));
    setWindowTitle(tr("What if?"));
    std::vector<PartChoice> choices;
    if (!answer.sources.isEmpty())
        choices.push_back(sourcesOf(answer));
    for (const app::DocumentOutline& text : texts)
        choices.push_back({text.title.simplified(), {text.document, text.outline.bytes}, choicesOf(text.document, text.outline.parts)});
    m_model.setParts(std::move(choices));

    auto* asked = new ElidedLabel(Qt::ElideRight, this);
    asked->setText(question.simplified());
    asked->setProperty("role", "title");
    QLabel* explained = label(tr("Untick what question and answer are not to see, and ask again. Nothing is read anew: what stands behind a part was read with it in sight."), "caption", this);
    explained->setWordWrap(true);
    auto* tree = new QTreeView(this);
    tree->setObjectName(QStringLiteral("whatIfTree"));
    tree->setAccessibleName(tr("Parts that the answer may look at"));
    tree->setHeaderHidden(true);
    tree->setUniformRowHeights(true);
    tree->setTextElideMode(Qt::ElideRight);
    tree->setModel(&m_model);
    for (int row = 0; row < m_model.rowCount(); ++row)
        tree->expand(m_model.index(row, 0));
    tree->setCurrentIndex(m_model.index(0, 0));
    auto* buttons = new QDialogButtonBox(this);
    buttons->addButton(tr("Cancel"), QDialogButtonBox::RejectRole);
    m_ask = buttons->addButton(tr("Ask again"), QDialogButtonBox::AcceptRole);
    m_ask->setObjectName(QStringLiteral("whatIfAsk"));
    m_choice->setObjectName(QStringLiteral("whatIfChoice"));
    m_choice->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    column->setSpacing(kGrid);
    column->addWidget(asked);
    column->addWidget(explained);
    column->addWidget(tree, 1);
    column->addWidget(m_choice);
    column->addWidget(buttons);
    resize(72 * kGrid, 70 * kGrid);
    tree->setFocus();

    connect(&m_model, &PartChoiceModel::choiceChanged, this, &WhatIfDialog::showChoice);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this, id = answer.parent] {
        emit askWanted(id, m_model.leftOut());
        accept();
    });
    showChoice();
}

void WhatIfDialog::showChoice()
{
    const qsizetype out = m_model.leftOut().size();
    const bool anyIn = m_model.isAnyIn();
    m_choice->setText(!anyIn    ? tr("Leave at least one part in.")
                      : out == 0 ? tr("Nothing is left out yet.")
                      : out == 1 ? tr("One part is left out.")
                                 : tr("%1 parts are left out.").arg(out));
    m_ask->setEnabled(out > 0 && anyIn);
}

} // namespace octavo::ui
