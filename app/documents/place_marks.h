// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QJsonArray>

#include "octavo/app/document.h"

namespace octavo::app {

// A mark as octavo-parse, the library and archives write it: [byte, page, x, y, width, height, name, recognized]. The last is
// left out where it is false, as it was before there was text recognition.
QJsonArray jsonOf(const PlaceMark& mark);
std::optional<PlaceMark> markFrom(const QJsonValue& json);   // none: that is no mark

QJsonArray jsonOf(const QList<PlaceMark>& marks);
std::optional<QList<PlaceMark>> marksFrom(const QJsonArray& json);

} // namespace octavo::app
