// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <QByteArray>

namespace octavo::app {

// Bytes as a file that is nowhere on the disk, to be another program's.
class MemoryFile {
public:
    explicit MemoryFile(const QByteArray& bytes) : m_descriptor(::memfd_create("document", MFD_CLOEXEC))
    {
        qint64 written = 0;
        while (m_descriptor >= 0 && written < bytes.size()) {
            const ssize_t now = ::write(m_descriptor, bytes.constData() + written, size_t(bytes.size() - written));
            if (now <= 0)
                break;
            written += now;
        }
        m_isWhole = m_descriptor >= 0 && written == bytes.size();
    }
    ~MemoryFile()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    int descriptor() const { return m_descriptor; }
    bool isWhole() const { return m_isWhole; }   // else there was no memory for it

private:
    int m_descriptor;
    bool m_isWhole = false;
};

} // namespace octavo::app
