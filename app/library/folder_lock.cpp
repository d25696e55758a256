// SPDX-License-Identifier: Apache-2.0
#include "library/folder_lock.h"

#include <cerrno>

#include <QFile>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace octavo::app {

FolderLock::FolderLock(const QString& folder) : m_descriptor(::open(QFile::encodeName(folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
{
    if (m_descriptor >= 0)
        ::flock(m_descriptor, LOCK_SH);
}

FolderLock::~FolderLock()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

bool FolderLock::takeAlone() { return m_descriptor < 0 || ::flock(m_descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }

void FolderLock::share()
{
    if (m_descriptor >= 0)
        ::flock(m_descriptor, LOCK_SH);
}

} // namespace octavo::app
