// SPDX-License-Identifier: Apache-2.0
#include "library/compression.h"

#include <memory>
#include <new>
#include <vector>

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

// Grows as bytes come: what a frame says of its size may be as large as it likes.
QByteArray decompress(const QByteArray& frame, qint64 mostBytes)
{
    const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
    const unsigned long long size = ZSTD_getFrameContentSize(frame.constData(), static_cast<std::size_t>(frame.size()));
    if (size > static_cast<unsigned long long>(mostBytes))   // as both error codes of zstd are
        throw DamagedRecord("compressed record of no size, or too large");
    QByteArray bytes;
    ZSTD_inBuffer in{frame.constData(), static_cast<std::size_t>(frame.size()), 0};
    std::vector<char> block(ZSTD_DStreamOutSize());
    std::size_t left = 1;
    while (left != 0) {
        ZSTD_outBuffer out{block.data(), block.size(), 0};
        left = ZSTD_decompressStream(context.get(), &out, &in);
        if (ZSTD_isError(left) || (left != 0 && out.pos == 0 && in.pos == in.size))
            throw DamagedRecord("compressed record does not open");
        bytes.append(block.data(), static_cast<qsizetype>(out.pos));
        if (static_cast<unsigned long long>(bytes.size()) > size)
            throw DamagedRecord("compressed record larger than it says");
    }
    if (static_cast<unsigned long long>(bytes.size()) != size)
        throw DamagedRecord("compressed record smaller than it says");
    return bytes;
}

} // namespace octavo::app
