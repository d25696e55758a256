// SPDX-License-Identifier: Apache-2.0
#include "documents/text_decoder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>

#include <QStringList>

#include <iconv.h>
#include <uchardet/uchardet.h>

namespace octavo::app {

namespace {

constexpr qsizetype kPiece = 1 << 20;   // bytes worked on between two looks at the stop token
constexpr QByteArrayView kReplacement("\xEF\xBF\xBD");

struct ByteOrderMark {
    QByteArrayView bytes;
    const char* encoding;
};

// UTF-32LE begins like UTF-16LE, so it is asked first.
constexpr std::array<ByteOrderMark, 5> kMarks{{
    {QByteArrayView("\xEF\xBB\xBF", 3), "UTF-8"},
    {QByteArrayView("\xFF\xFE\0\0", 4), "UTF-32LE"},
    {QByteArrayView("\0\0\xFE\xFF", 4), "UTF-32BE"},
    {QByteArrayView("\xFF\xFE", 2), "UTF-16LE"},
    {QByteArrayView("\xFE\xFF", 2), "UTF-16BE"},
}};

constexpr const ByteOrderMark* kUtf8Mark = kMarks.data();

const ByteOrderMark* markOf(QByteArrayView bytes)
{
    const auto found = std::find_if(kMarks.begin(), kMarks.end(), [&](const ByteOrderMark& mark) { return bytes.startsWith(mark.bytes); });
    return found == kMarks.end() ? nullptr : &*found;
}

bool isContinuation(char c) { return (uchar(c) & 0xC0) == 0x80; }

// Length of the sound UTF-8 character at the head of `bytes`, 0 if there is none.
qsizetype soundCharacter(QByteArrayView bytes)
{
    const uchar lead = uchar(bytes.front());
    const qsizetype length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
    return length > 0 && length <= bytes.size() && bytes.first(length).isValidUtf8() ? length : 0;
}

enum class Utf8 { Sound, Unsound, Stopped };

Utf8 checkUtf8(QByteArrayView bytes, const std::stop_token& stop)
{
    for (qsizetype begin = 0; begin < bytes.size();) {
        if (stop.stop_requested())
            return Utf8::Stopped;
        qsizetype end = std::min(begin + kPiece, bytes.size());
        while (end < bytes.size() && end > begin && isContinuation(bytes[end]))
            --end;
        if (end == begin || !bytes.sliced(begin, end - begin).isValidUtf8())
            return Utf8::Unsound;
        begin = end;
    }
    return Utf8::Sound;
}

// A long UTF-8 file with a few bad bytes must not turn into mojibake as a whole: where sound multi-byte characters by far
// outnumber bad bytes, only these are replaced. In a file of another charset sound ones come about only by rare chance.
std::optional<DecodedText> repairUtf8(QByteArrayView bytes, bool marked, const std::stop_token& stop)
{
    const auto anotherCharset = [&](qint64 multiByte, qint64 damaged) { return !marked && multiByte < 8 * damaged; };
    DecodedText repaired;
    repaired.encoding = QStringLiteral("UTF-8, damaged");
    repaired.text.reserve(bytes.size());
    qint64 multiByte = 0;
    for (qsizetype at = 0; at < bytes.size();) {
        if (at % kPiece < 4 && stop.stop_requested())
            return std::nullopt;
        const qsizetype length = soundCharacter(bytes.sliced(at));
        repaired.text.append(length > 0 ? bytes.sliced(at, length) : kReplacement);
        repaired.damagedBytes += length == 0;
        multiByte += length > 1;
        at += std::max<qsizetype>(length, 1);
        if (repaired.damagedBytes > 1000 && anotherCharset(multiByte, repaired.damagedBytes))
            return std::nullopt;   // spare the rest
    }
    if (anotherCharset(multiByte, repaired.damagedBytes))
        return std::nullopt;
    return repaired;
}

QString guessCharset(QByteArrayView bytes, const std::stop_token& stop)
{
    const std::unique_ptr<uchardet, decltype(&uchardet_delete)> detector(uchardet_new(), uchardet_delete);
    for (qsizetype at = 0; at < bytes.size() && !stop.stop_requested(); at += kPiece) {
        const QByteArrayView piece = bytes.sliced(at, std::min(kPiece, bytes.size() - at));
        if (uchardet_handle_data(detector.get(), piece.data(), size_t(piece.size())) != 0)
            break;
    }
    uchardet_data_end(detector.get());
    return QString::fromLatin1(uchardet_get_charset(detector.get()));
}

class Converter {
public:
    explicit Converter(const QString& charset) : m_state(iconv_open("UTF-8", charset.toLatin1().constData())) {}
    ~Converter() { if (usable()) iconv_close(m_state); }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;

    // Nothing if the charset is unknown, a byte does not belong to it, or a stop was asked for.
    std::optional<QByteArray> convert(QByteArrayView bytes, const std::stop_token& stop)
    {
        if (!usable())
            return std::nullopt;
        QByteArray text;
        text.reserve(bytes.size() + bytes.size() / 2);
        std::array<char, 16384> room;
        char* in = const_cast<char*>(bytes.data());   // iconv's signature; it does not write there
        size_t left = size_t(bytes.size());
        while (left > 0) {
            char* out = room.data();
            size_t free = room.size();
            const size_t result = iconv(m_state, &in, &left, &out, &free);
            if (stop.stop_requested() || (result == size_t(-1) && errno != E2BIG))
                return std::nullopt;
            text.append(room.data(), out - room.data());
        }
        return text;
    }

private:
    bool usable() const { return reinterpret_cast<std::intptr_t>(m_state) != -1; }

    iconv_t m_state;
};

std::optional<DecodedText> decodeAs(const QStringList& charsets, QByteArrayView bytes, const std::stop_token& stop)
{
    for (const QString& charset : charsets) {
        if (std::optional<QByteArray> text = Converter(charset).convert(bytes, stop))
            return DecodedText{*std::move(text), charset};
    }
    return std::nullopt;
}

} // namespace

bool looksBinary(QByteArrayView head)
{
    head = head.first(std::min<qsizetype>(head.size(), kBinaryProbeBytes));
    const ByteOrderMark* mark = markOf(head);
    if (mark && mark != kUtf8Mark)
        return false;
    if (head.startsWith("%PDF-") || head.contains('\0'))
        return true;
    // Tab to carriage return, backspace and escape are met in plain text (overstrikes, coloured logs); random bytes hold one of
    // the others at every tenth place, text in any charset next to none.
    const auto isControl = [](char c) { return (uchar(c) < 0x20 && !(c >= '\b' && c <= '\r') && c != '\x1B') || c == '\x7F'; };
    return std::count_if(head.begin(), head.end(), isControl) * 50 > head.size();
}

Expected<DecodedText, DecodeFault> decodeText(QByteArray raw, const std::stop_token& stop)
{
    if (looksBinary(raw))
        return DecodeFault::Binary;
    const ByteOrderMark* mark = markOf(raw);
    const qsizetype skip = mark ? mark->bytes.size() : 0;
    const QByteArrayView body = QByteArrayView(raw).sliced(skip);

    std::optional<DecodedText> decoded;
    if (mark && mark != kUtf8Mark) {
        decoded = decodeAs({QString::fromLatin1(mark->encoding)}, body, stop);
        if (!decoded && !stop.stop_requested())
            return DecodeFault::Binary;   // begins like UTF-16, goes on as something else
    } else if (const Utf8 utf8 = checkUtf8(body, stop); utf8 == Utf8::Sound) {
        raw.remove(0, skip);   // moves no byte, unless somebody else holds them too
        decoded = DecodedText{std::move(raw), QStringLiteral("UTF-8")};
    } else if (utf8 == Utf8::Unsound) {
        decoded = repairUtf8(body, mark != nullptr, stop);
        if (!decoded)
            decoded = decodeAs({guessCharset(body, stop), QStringLiteral("WINDOWS-1252"), QStringLiteral("ISO-8859-1")}, body, stop);
    }
    if (stop.stop_requested() || !decoded)
        return DecodeFault::Stopped;
    decoded->byteOrderMark = mark != nullptr;
    return *std::move(decoded);
}

} // namespace octavo::app
