// SPDX-License-Identifier: Apache-2.0
#include "documents/page_picture.h"

#include <optional>

#include "octavo/parsers/protocol.h"

namespace octavo::app {

namespace {

using namespace Qt::StringLiterals;

// What the job hands over as a member.
Expected<QByteArray, ParseFault> memberOf(int descriptor, const char* job, const QStringList& arguments, const std::stop_token& stop)
{
    std::optional<QByteArray> answer;
    ParseOptions options;
    options.format = QString::fromLatin1(job);
    options.arguments = arguments;
    options.member = [&](const QString&, QByteArray&& bytes) { answer = std::move(bytes); };
    const auto done = parseFile(descriptor, options, stop);
    if (!done)
        return done.error();
    if (!answer)
        return ParseFault{ParseFault::Kind::Died};
    return *std::move(answer);
}

Expected<QByteArray, ParseFault> drawn(int descriptor, int page, double dpi, const QString& colors, const std::stop_token& stop)
{
    return memberOf(descriptor, parsers::kPicture, {QString::number(page), QString::number(dpi), colors}, stop);
}

} // namespace

Expected<QByteArray, ParseFault> greyPage(int descriptor, int page, double dpi, const std::stop_token& stop)
{
    return drawn(descriptor, page, dpi, u"grey"_s, stop);
}

Expected<PagePicture, ParseFault> pagePicture(int descriptor, int page, double dpi, const std::stop_token& stop)
{
    const auto file = drawn(descriptor, page, dpi, u"color"_s, stop);
    if (!file)
        return file.error();
    const QList<QByteArray> head = file->first(std::min<qsizetype>(file->size(), 64)).split('\n');   // "P6", "WIDTH HEIGHT", "255"
    const QList<QByteArray> size = head.size() > 3 ? head[1].split(' ') : QList<QByteArray>();
    PagePicture picture;
    picture.width = size.value(0).toInt();
    picture.height = size.value(1).toInt();
    const qint64 bytes = qint64(picture.width) * picture.height * 3;
    const bool isSound = picture.width > 0 && picture.height > 0 && picture.width <= parsers::kMostPixels / picture.height;
    if (!isSound || head[0] != "P6" || head[2] != "255" || file->size() != head[0].size() + head[1].size() + head[2].size() + 3 + bytes)
        return ParseFault{ParseFault::Kind::Died};   // no parser of ours writes that
    picture.rgb = file->last(bytes);
    return picture;
}

Expected<QList<QSizeF>, ParseFault> pageSizes(int descriptor, const std::stop_token& stop)
{
    const auto lines = memberOf(descriptor, parsers::kSizes, {}, stop);
    if (!lines)
        return lines.error();
    QList<QSizeF> sizes;
    for (const QByteArray& line : lines->trimmed().split('\n')) {
        const QList<QByteArray> numbers = line.split(' ');
        sizes.append(QSizeF(numbers.value(0).toDouble(), numbers.value(1).toDouble()));
    }
    return sizes;
}

} // namespace octavo::app
