// SPDX-License-Identifier: Apache-2.0
#include "documents/place_marks.h"

namespace octavo::app {

namespace {

constexpr qsizetype kFields = 7;   // and one that may be missing

} // namespace

QJsonArray jsonOf(const PlaceMark& mark)
{
    QJsonArray json{mark.byte, mark.page, mark.box.x(), mark.box.y(), mark.box.width(), mark.box.height(), mark.name};
    if (mark.recognized)
        json.append(true);
    return json;
}

std::optional<PlaceMark> markFrom(const QJsonValue& json)
{
    const QJsonArray fields = json.toArray();
    if (fields.size() < kFields || fields.size() > kFields + 1 || !fields[6].isString())
        return std::nullopt;
    for (qsizetype at = 0; at < 6; ++at) {
        if (!fields[at].isDouble())
            return std::nullopt;
    }
    const PlaceMark mark{fields[0].toInteger(-1), fields[1].toInt(-1), QRectF(fields[2].toDouble(), fields[3].toDouble(), fields[4].toDouble(), fields[5].toDouble()),
                         fields[6].toString(), fields.size() > kFields && fields[kFields].toBool()};
    return mark.byte >= 0 && mark.page >= 0 ? std::optional(mark) : std::nullopt;
}

QJsonArray jsonOf(const QList<PlaceMark>& marks)
{
    QJsonArray json;
    for (const PlaceMark& mark : marks)
        json.append(jsonOf(mark));
    return json;
}

std::optional<QList<PlaceMark>> marksFrom(const QJsonArray& json)
{
    QList<PlaceMark> marks;
    marks.reserve(json.size());
    for (const QJsonValue& value : json) {
        const std::optional<PlaceMark> mark = markFrom(value);
        if (!mark)
            return std::nullopt;
        marks.append(*mark);
    }
    return marks;
}

} // namespace octavo::app
