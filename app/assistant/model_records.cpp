// SPDX-License-Identifier: Apache-2.0
#include "assistant/model_records.h"

#include <QStringList>

namespace octavo::app {

namespace {

QString speedKey(const EngineModel& model) { return QStringLiteral("reading.tokens_per_second/%1/%2").arg(model.hash, model.device); }
QString openedKey(const EngineModel& model) { return QStringLiteral("model.opened/%1").arg(model.source); }

} // namespace

Outcome<void> ModelRecords::opened(const EngineModel& model)
{
    const QString record = model.hash + QLatin1Char('\n') + model.device;
    const Outcome<QString> before = m_library.read([&](Library& in) { return in.settings().value(openedKey(model)); });
    if (!before)
        return before.error();
    if (*before == record)
        return {};
    return m_library.write([&](Library& in) { in.settings().set(openedKey(model), record); });
}

Outcome<EngineModel> ModelRecords::recognized(EngineModel head)
{
    const Outcome<QString> record = m_library.read([&](Library& in) { return in.settings().value(openedKey(head)); });
    if (!record)
        return record.error();
    head.hash = record->section(QLatin1Char('\n'), 0, 0);
    head.device = record->section(QLatin1Char('\n'), 1);
    return head;
}

Outcome<double> ModelRecords::tokensPerSecond(const EngineModel& model)
{
    const Outcome<QString> speed = m_library.read([&](Library& in) { return in.settings().value(speedKey(model)); });
    if (!speed)
        return speed.error();
    return speed->toDouble();
}

void ModelRecords::storeSpeed(const EngineModel& model, double tokensPerSecond)
{
    m_library.settings().set(speedKey(model), QString::number(tokensPerSecond, 'f', 2));
}

} // namespace octavo::app
