// SPDX-License-Identifier: Apache-2.0
#include "documents/text_file.h"

#include <algorithm>
#include <fstream>

namespace octavo::app {

namespace {

namespace fs = std::filesystem;

constexpr qint64 kPiece = 1 << 20;

} // namespace

Expected<TextFile, TextFileFault> readTextFile(const fs::path& path, qint64 maxBytes, const std::function<void(qint64 newBytes)>& progress,
                                               const std::stop_token& stop)
{
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status))
        return error == std::errc::permission_denied ? TextFileFault::Unreadable : TextFileFault::Missing;
    if (!fs::is_regular_file(status))
        return TextFileFault::NotAFile;   // opening a pipe would wait for its writer
    const auto size = qint64(fs::file_size(path, error));
    if (error)
        return TextFileFault::Unreadable;
    if (size > maxBytes)
        return TextFileFault::TooLarge;
    if (size == 0)
        return TextFileFault::Empty;

    std::ifstream in(path, std::ios::binary);
    if (!in)
        return TextFileFault::Unreadable;
    QByteArray raw(size, Qt::Uninitialized);
    for (qint64 at = 0; at < size;) {
        if (stop.stop_requested())
            return TextFileFault::Stopped;
        const qint64 wanted = std::min(at == 0 ? kBinaryProbeBytes : kPiece, size - at);
        if (!in.read(raw.data() + at, wanted))
            return in.bad() ? TextFileFault::Unreadable : TextFileFault::Changed;
        if (at == 0 && looksBinary(QByteArrayView(raw).first(wanted)))
            return TextFileFault::Binary;
        at += wanted;
        progress(wanted);
    }
    if (!fs::exists(path, error))
        return TextFileFault::Missing;

    auto decoded = decodeText(std::move(raw), stop);
    if (!decoded)
        return decoded.error() == DecodeFault::Binary ? TextFileFault::Binary : TextFileFault::Stopped;
    if (decoded->text.isEmpty())
        return TextFileFault::Empty;   // a byte order mark alone
    return TextFile{*std::move(decoded), size};
}

} // namespace octavo::app
