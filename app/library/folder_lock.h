// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include <QString>

namespace octavo::app {

// A lock on a data folder that goes with its process, however that ends. Programs that use the folder share it; who has to put another
// library in the place of the one there needs it alone. Where a folder cannot be locked (some network disks), it is as if nobody else were there.
class FolderLock {
public:
    FolderLock() = default;
    explicit FolderLock(const QString& folder);   // shared
    FolderLock(FolderLock&& other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}
    FolderLock& operator=(FolderLock&& other) noexcept
    {
        std::swap(m_descriptor, other.m_descriptor);
        return *this;
    }
    ~FolderLock();

    bool takeAlone();   // false if others have it
    void share();

private:
    int m_descriptor = -1;
};

} // namespace octavo::app
