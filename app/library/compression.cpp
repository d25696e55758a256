// SPDX-License-Identifier: Apache-2.0
#include "library/compression.h"

#include <new>

#include <zstd.h>

namespace octavo::app {

QByteArray compress(const QByteArray& bytes)
{
    QByteArray frame(static_cast<qsizetype>(ZSTD_compressBound(static_cast<std::size_t>(bytes.size()))), Qt::Uninitialized);
    const std::size_t size = ZSTD_compress(frame.data(), static_cast<std::size_t>(frame.size()), bytes.constData(),
                                           static_cast<std::size_t>(bytes.size()), ZSTD_CLEVEL_DEFAULT);
    if (ZSTD_isError(size))
        throw std::bad_alloc();   // with room for the bound, nothing else can go wrong
    frame.resize(static_cast<qsizetype>(size));
    return frame;
}

QByteArray decompress(const QByteArray& frame, qint64 mostBytes)
{
    const unsigned long long size = ZSTD_getFrameContentSize(frame.constData(), static_cast<std::size_t>(frame.size()));
    if (size > static_cast<unsigned long long>(mostBytes))   // as both error codes of zstd are
        throw DamagedRecord("compressed record of no size, or too large");
    QByteArray bytes(static_cast<qsizetype>(size), Qt::Uninitialized);
    const std::size_t got = ZSTD_decompress(bytes.data(), static_cast<std::size_t>(bytes.size()), frame.constData(),
                                            static_cast<std::size_t>(frame.size()));
    if (ZSTD_isError(got) || got != size)
        throw DamagedRecord("compressed record does not open");
    return bytes;
}

} // namespace octavo::app
