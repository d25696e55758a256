// SPDX-License-Identifier: Apache-2.0
#include "assistant/hop_record.h"

#include <algorithm>
#include <numeric>

#include <QDataStream>
#include <QIODevice>

#include "library/compression.h"

namespace octavo::app {

namespace {

constexpr quint32 kMagic = 0x504f484f;   // "OHOP"
constexpr quint16 kVersion = 1;
constexpr qsizetype kHeaderBytes = sizeof kMagic + sizeof kVersion;

void configure(QDataStream& stream)
{
    stream.setVersion(QDataStream::Qt_6_0);
    stream.setByteOrder(QDataStream::LittleEndian);
    stream.setFloatingPointPrecision(QDataStream::SinglePrecision);
}

QDataStream& operator<<(QDataStream& out, const ByteRange& range) { return out << range.begin << range.end; }
QDataStream& operator>>(QDataStream& in, ByteRange& range) { return in >> range.begin >> range.end; }
QDataStream& operator<<(QDataStream& out, const HopRecord::Passage& passage) { return out << passage.document << passage.bytes; }
QDataStream& operator>>(QDataStream& in, HopRecord::Passage& passage) { return in >> passage.document >> passage.bytes; }
QDataStream& operator<<(QDataStream& out, const HopRecord::HeavyToken& token)
{
    return out << token.document << token.bytes << token.weight;
}
QDataStream& operator>>(QDataStream& in, HopRecord::HeavyToken& token) { return in >> token.document >> token.bytes >> token.weight; }

template <class T>
QDataStream& operator<<(QDataStream& out, const std::vector<T>& values)
{
    out << static_cast<quint64>(values.size());
    for (const T& value : values)
        out << value;
    return out;
}

template <class T>
QDataStream& operator>>(QDataStream& in, std::vector<T>& values)
{
    quint64 size = 0;
    in >> size;
    values.clear();   // grown as values come: a damaged size must not allocate
    for (quint64 at = 0; at < size && in.status() == QDataStream::Ok; ++at)
        in >> values.emplace_back();
    return in;
}

bool isContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

} // namespace

std::vector<double> HopRecord::shares(std::size_t begin, std::size_t end) const
{
    std::vector<double> sums(passages.size(), 0.0);
    for (std::size_t token = begin; token < end; ++token) {
        for (std::size_t passage = 0; passage < sums.size(); ++passage)
            sums[passage] += weight(token, passage);
    }
    const double total = std::accumulate(sums.begin(), sums.end(), 0.0);
    if (total > 0)
        std::for_each(sums.begin(), sums.end(), [total](double& sum) { sum /= total; });
    return sums;
}

QString HopRecord::tokenText(std::size_t token) const
{
    const QByteArray utf8 = answer.toUtf8();
    const auto characterFrom = [&utf8](qsizetype byte) {
        while (byte < utf8.size() && isContinuation(utf8[byte]))
            ++byte;
        return std::min(byte, utf8.size());
    };
    const qsizetype begin = characterFrom(tokenBegins[token]);
    const qsizetype end = token + 1 < tokenBegins.size() ? characterFrom(tokenBegins[token + 1]) : utf8.size();
    return QString::fromUtf8(utf8.mid(begin, end - begin));
}

QByteArray packHopRecord(const HopRecord& record)
{
    QByteArray body;
    QDataStream out(&body, QIODevice::WriteOnly);
    configure(out);
    out << record.model << record.question << record.answer << record.passages << record.tokenBegins << record.weights << record.outside
        << record.heaviest;

    QByteArray bytes;
    QDataStream header(&bytes, QIODevice::WriteOnly);
    configure(header);
    header << kMagic << kVersion;
    return bytes + compress(body);
}

std::optional<HopRecord> unpackHopRecord(const QByteArray& bytes)
{
    QDataStream header(bytes);
    configure(header);
    quint32 magic = 0;
    quint16 version = 0;
    header >> magic >> version;
    if (magic != kMagic || version != kVersion)
        return std::nullopt;

    QByteArray body;
    try {
        body = decompress(bytes.mid(kHeaderBytes));
    } catch (const DamagedRecord&) {
        return std::nullopt;
    }
    QDataStream in(body);
    configure(in);
    HopRecord record;
    in >> record.model >> record.question >> record.answer >> record.passages >> record.tokenBegins >> record.weights >> record.outside
        >> record.heaviest;
    const std::size_t tokens = record.tokenCount();
    const bool sound = in.status() == QDataStream::Ok && record.weights.size() == tokens * record.passages.size()
                       && record.outside.size() == tokens && record.heaviest.size() == tokens;
    return sound ? std::optional(std::move(record)) : std::nullopt;
}

} // namespace octavo::app
