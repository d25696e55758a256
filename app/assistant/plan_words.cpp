// SPDX-License-Identifier: Apache-2.0
#include "assistant/plan_words.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>
#include <cmath>

namespace octavo::app {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("octavo::app", text); }
QString number(double value) { return QLocale().toString(std::round(value), 'f', 0); }

QString reasonOf(const PlanChoice& choice, const ModelConfig& model)
{
    const ReadingPlan& plan = choice.plan;
    using Reason = PlanChoice::Reason;
    if (choice.reason == Reason::AsAskedFor)
        return plan.isFull() ? tr("Read as asked for, with full attention.")
                             : tr("Read as asked for, with dims %1.").arg(dimsText(plan));
    QString rows = tr("Read in rows of %1 tokens").arg(number(plan.dims.back()));
    if (plan.wide.reach > 0 && choice.reason != Reason::OneRow)
        rows = tr("%1, and of %2 in the layers that look back most").arg(rows, number(plan.wide.reach));
    if (plan.dims.back() < kLongestRow)
        rows = tr("%1 because the model's context is %2").arg(rows, number(model.context));
    const QString cost = tr("a token looks at %1 on average, with full attention at %2")
                             .arg(number(choice.keysPerToken), number(choice.fullKeysPerToken));
    switch (choice.reason) {
    case Reason::OneRow: return tr("%1: the text fits into one, where this is full attention.").arg(rows);
    case Reason::ThirdDimension:
        return tr("%1, and %2 rows to a block because there are more rows than tokens in one: %3.").arg(rows, number(plan.dims[1]), cost);
    case Reason::NoRoomForThird:
        return tr("%1 and not in blocks of rows, whose values would not fit into the memory: %2.").arg(rows, cost);
    default: return tr("%1: %2.").arg(rows, cost);
    }
}

} // namespace

QString dimsText(const ReadingPlan& plan)
{
    QStringList parts;
    for (const std::uint32_t dimension : plan.dims)
        parts.append(QString::number(dimension));
    const QString dims = parts.join(QLatin1Char(','));
    return plan.wide.reach == 0 ? dims : dims + QLatin1Char('+') + QString::fromStdString(plan.wide.toString());
}

ReadPlan readPlanOf(const PlanChoice& choice, const ModelConfig& model)
{
    ReadPlan plan;
    plan.attention = choice.plan.isFull() ? QStringLiteral("full") : QStringLiteral("tensorized");
    plan.dims = QList<quint32>(choice.plan.dims.begin(), choice.plan.dims.end());
    plan.gate = static_cast<double>(choice.plan.gate);
    plan.wide = QString::fromStdString(choice.plan.wide.toString());
    plan.keysPerToken = choice.keysPerToken;
    plan.fullKeysPerToken = choice.fullKeysPerToken;
    plan.kvBytesPerToken = static_cast<qint64>(model.kvBytesPerToken(choice.plan.kv));
    plan.hopBytes = static_cast<qint64>(choice.hopBytes);
    plan.reason = reasonOf(choice, model);
    return plan;
}

} // namespace octavo::app
