// SPDX-License-Identifier: Apache-2.0
#include "support/faulty_vfs.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

namespace octavo::test {

namespace {

constexpr std::size_t kSector = 512;

std::optional<std::string> contentOf(const std::string& path)
{
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    if (!in)
        return std::nullopt;
    std::string bytes(static_cast<std::size_t>(in.tellg()), '\0');
    in.seekg(0).read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return bytes;
}

std::uint64_t inodeOf(const std::string& path)
{
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 ? facts.st_ino : 0;
}

struct FaultyFile {
    sqlite3_file base;
    FaultyVfs* owner;
    std::string* path;      // owned; null for a file without a name
};

FaultyFile& faulty(sqlite3_file* file) { return *reinterpret_cast<FaultyFile*>(file); }
sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(&faulty(file) + 1); }

} // namespace

// SQLite's side of it.
struct FaultyMethods {
    using Fault = FaultyVfs::Fault;

    static FaultyVfs& self(sqlite3_vfs* vfs) { return *static_cast<FaultyVfs*>(vfs->pAppData); }
    static sqlite3_vfs* below() { return sqlite3_vfs_find(nullptr); }

    static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* outFlags)
    {
        FaultyVfs& owner = self(vfs);
        file->pMethods = nullptr;
        if ((flags & SQLITE_OPEN_CREATE) != 0) {
            Fault struck = Fault::None;
            if (const int failed = owner.change(struck); failed != SQLITE_OK)
                return failed == SQLITE_FULL ? SQLITE_FULL : SQLITE_CANTOPEN;
        } else if (owner.isDead()) {
            return SQLITE_CANTOPEN;
        }
        const bool isNew = name && !std::filesystem::exists(name);
        const int result = below()->xOpen(below(), name, real(file), flags, outFlags);
        if (name && result == SQLITE_OK && owner.remembers()) {
            if (isNew)
                owner.m_files[inodeOf(name)] = {name, std::nullopt};
            else
                owner.fileAt(name);
        }
        if (real(file)->pMethods) {
            file->pMethods = &kMethods;
            faulty(file).owner = &owner;
            faulty(file).path = name ? new std::string(name) : nullptr;
        }
        return result;
    }

    static int close(sqlite3_file* file)
    {
        delete faulty(file).path;
        return real(file)->pMethods->xClose(real(file));
    }

    static int read(sqlite3_file* file, void* data, int bytes, sqlite3_int64 offset)
    {
        const int failed = faulty(file).owner->read();
        return failed != SQLITE_OK ? failed : real(file)->pMethods->xRead(real(file), data, bytes, offset);
    }

    static int write(sqlite3_file* file, const void* data, int bytes, sqlite3_int64 offset)
    {
        FaultyVfs& owner = *faulty(file).owner;
        Fault struck = Fault::None;
        const int failed = owner.change(struck);
        if (failed != SQLITE_OK && struck != Fault::Half)
            return failed == SQLITE_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
        if (owner.losesWrite())
            return SQLITE_OK;
        const int done = struck == Fault::Half ? bytes / 2 : bytes;
        if (faulty(file).path && owner.remembers())
            owner.fileAt(*faulty(file).path).since.push_back({offset, std::string(static_cast<const char*>(data), static_cast<std::size_t>(done))});
        const int result = done > 0 ? real(file)->pMethods->xWrite(real(file), data, done, offset) : SQLITE_OK;
        return struck == Fault::Half ? SQLITE_IOERR_WRITE : result;
    }

    static int truncate(sqlite3_file* file, sqlite3_int64 size)
    {
        FaultyVfs& owner = *faulty(file).owner;
        Fault struck = Fault::None;
        if (owner.change(struck) != SQLITE_OK)
            return SQLITE_IOERR_TRUNCATE;
        if (faulty(file).path && owner.remembers())
            owner.fileAt(*faulty(file).path).since.push_back({size, {}});
        return real(file)->pMethods->xTruncate(real(file), size);
    }

    static int sync(sqlite3_file* file, int flags)
    {
        FaultyVfs& owner = *faulty(file).owner;
        Fault struck = Fault::None;
        if (owner.change(struck) != SQLITE_OK)
            return SQLITE_IOERR_FSYNC;
        (void)flags;        // the disk of a test is as good without
        if (faulty(file).path && owner.remembers()) {
            FaultyVfs::Synced& known = owner.fileAt(*faulty(file).path);
            known = {known.path, contentOf(*faulty(file).path)};
        }
        return SQLITE_OK;
    }

    static int remove(sqlite3_vfs* vfs, const char* name, int syncFolder)
    {
        FaultyVfs& owner = self(vfs);
        Fault struck = Fault::None;
        if (owner.change(struck) != SQLITE_OK)
            return SQLITE_IOERR_DELETE;
        if (owner.remembers() && std::filesystem::exists(name)) {
            if (syncFolder == 0)
                owner.m_removed.push_back(owner.fileAt(name));
            owner.m_files.erase(inodeOf(name));
        }
        return below()->xDelete(below(), name, 0);
    }

    static int access(sqlite3_vfs* vfs, const char* name, int flags, int* out)
    {
        const int failed = self(vfs).question(SQLITE_IOERR_ACCESS);
        return failed != SQLITE_OK ? failed : below()->xAccess(below(), name, flags, out);
    }

    static int fileSize(sqlite3_file* file, sqlite3_int64* size)
    {
        const int failed = faulty(file).owner->question(SQLITE_IOERR_FSTAT);
        return failed != SQLITE_OK ? failed : real(file)->pMethods->xFileSize(real(file), size);
    }

    static int lock(sqlite3_file* file, int wanted)
    {
        const int failed = faulty(file).owner->question(SQLITE_IOERR_LOCK);
        return failed != SQLITE_OK ? failed : real(file)->pMethods->xLock(real(file), wanted);
    }

    static int isReserved(sqlite3_file* file, int* out)
    {
        const int failed = faulty(file).owner->question(SQLITE_IOERR_CHECKRESERVEDLOCK);
        return failed != SQLITE_OK ? failed : real(file)->pMethods->xCheckReservedLock(real(file), out);
    }

    static int mapMemory(sqlite3_file* file, int page, int size, int extend, void volatile** out)
    {
        const int failed = faulty(file).owner->question(SQLITE_IOERR_SHMMAP);
        return failed != SQLITE_OK ? failed : real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
    }

    // Giving a lock back goes well always: SQLite does not look at the answer, and a program that ends gives back all.
    static int lockMemory(sqlite3_file* file, int offset, int count, int flags)
    {
        const int failed = (flags & SQLITE_SHM_LOCK) != 0 ? faulty(file).owner->question(SQLITE_IOERR_SHMLOCK) : SQLITE_OK;
        return failed != SQLITE_OK ? failed : real(file)->pMethods->xShmLock(real(file), offset, count, flags);
    }

    // The layer's own memory is the files' only; of a program that is gone, so are its locks.
    static const sqlite3_io_methods kMethods;
};

const sqlite3_io_methods FaultyMethods::kMethods = {
    2,
    close,
    read,
    write,
    truncate,
    sync,
    fileSize,
    lock,
    [](sqlite3_file* file, int lock) { return real(file)->pMethods->xUnlock(real(file), lock); },
    isReserved,
    [](sqlite3_file* file, int operation, void* argument) { return real(file)->pMethods->xFileControl(real(file), operation, argument); },
    [](sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); },
    [](sqlite3_file*) { return 0; },   // it promises nothing: no atomic or ordered writes
    mapMemory,
    lockMemory,
    [](sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); },
    [](sqlite3_file* file, int remove) { return real(file)->pMethods->xShmUnmap(real(file), faulty(file).owner->isDead() ? 0 : remove); },
    nullptr,
    nullptr,
};

FaultyVfs& FaultyVfs::instance()
{
    static FaultyVfs only;
    return only;
}

FaultyVfs::FaultyVfs() : m_name("octavo-faulty"), m_vfs(std::make_unique<sqlite3_vfs>(*FaultyMethods::below()))
{
    m_vfs->szOsFile += static_cast<int>(sizeof(FaultyFile));
    m_vfs->zName = m_name.c_str();
    m_vfs->pAppData = this;
    m_vfs->xOpen = FaultyMethods::open;
    m_vfs->xDelete = FaultyMethods::remove;
    m_vfs->xAccess = FaultyMethods::access;
    sqlite3_vfs_register(m_vfs.get(), 0);
}

void FaultyVfs::arm(Fault fault, long at)
{
    m_fault = fault;
    m_at = at;
    m_changes = m_reads = m_questions = 0;
    m_struck = false;
    m_files.clear();
    m_removed.clear();
}

int FaultyVfs::change(Fault& struck)
{
    ++m_changes;
    if (isDead())
        return SQLITE_IOERR;
    const bool isOther = m_fault == Fault::None || m_fault == Fault::ReadError || m_fault == Fault::Unanswered || m_fault == Fault::Lost;
    if (isOther || m_changes != m_at)
        return SQLITE_OK;
    m_struck = true;
    struck = m_fault;
    return m_fault == Fault::Full ? SQLITE_FULL : SQLITE_IOERR;
}

int FaultyVfs::answer(long& count, Fault fault, int error)
{
    ++count;
    if (isDead())
        return error;
    if (m_fault != fault || count != m_at)
        return SQLITE_OK;
    m_struck = true;
    return error;
}

int FaultyVfs::read() { return answer(m_reads, Fault::ReadError, SQLITE_IOERR_READ); }
int FaultyVfs::question(int error) { return answer(m_questions, Fault::Unanswered, error); }

bool FaultyVfs::losesWrite()
{
    if (m_fault != Fault::Lost || m_changes != m_at)
        return false;
    m_struck = true;
    return true;
}

FaultyVfs::Synced& FaultyVfs::fileAt(const std::string& path)
{
    const auto known = m_files.find(inodeOf(path));
    return known != m_files.end() ? known->second : m_files[inodeOf(path)] = {path, contentOf(path)};
}

void FaultyVfs::cutPower(std::uint32_t seed)
{
    std::mt19937 random(seed);
    std::set<std::filesystem::path> folders;
    for (const auto& [inode, file] : m_files)
        folders.insert(std::filesystem::path(file.path).parent_path());
    for (const std::filesystem::path& folder : folders)
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            if (entry.path().string().ends_with("-shm"))
                std::filesystem::remove(entry);
    for (const Synced& file : m_removed)
        if (file.bytes && !std::filesystem::exists(file.path) && random() % 2 == 0)
            redo(file, file.path, random);
    for (const auto& [inode, file] : m_files) {
        std::string path;
        for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(file.path).parent_path()))
            if (inodeOf(entry.path()) == inode)
                path = entry.path();
        if (path.empty())
            continue;
        if (!file.bytes && random() % 2 == 0)
            std::filesystem::remove(path);   // its folder never heard of it
        else
            redo(file, path, random);
    }
}

void FaultyVfs::redo(const Synced& file, const std::string& path, std::mt19937& random) const
{
    std::string bytes = file.bytes.value_or("");
    std::vector<Change> since = file.since;
    std::shuffle(since.begin(), since.end(), random);
    for (const Change& change : since) {
        if (random() % 2 == 0)
            continue;           // lost
        const auto offset = static_cast<std::size_t>(change.offset);
        if (change.bytes.empty()) {
            bytes.resize(std::min(bytes.size(), offset));
            continue;
        }
        std::size_t size = change.bytes.size();
        if (size > kSector && random() % 4 == 0)
            size = kSector * (random() % (size / kSector)); // torn
        bytes.resize(std::max(bytes.size(), offset + size));
        bytes.replace(offset, size, change.bytes, 0, size);
    }
    std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

} // namespace octavo::test
