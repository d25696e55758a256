// SPDX-License-Identifier: Apache-2.0
#include "library/checked_vfs.h"

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <sqlite3.h>
#include <xxhash.h>

namespace octavo::app {

namespace {

constexpr int kHeaderBytes = 100;       // of a database file
constexpr int kLeastPage = 512;
constexpr int kSeenDamage = 0x4F435456, kSeenReadError = 0x4F435457; // file controls of ours; SQLite keeps the numbers up to 100 for itself
constexpr char kMagic[] = "SQLite format 3";

// SQLite hands over memory for one of these, followed by what the layer below wants.
struct CheckedFile {
    sqlite3_file base;
    PageCheck check;
    bool seenDamage;
    bool seenReadError;
    std::uint32_t pageBytes;            // 0: pages have no checksums
    std::vector<unsigned char>* page;   // the one at hand; owned
};

CheckedFile& checked(sqlite3_file* file) { return *reinterpret_cast<CheckedFile*>(file); }
sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(&checked(file) + 1); }

// What the first bytes of the file say of its pages.
void learnPages(CheckedFile& file, const unsigned char* header, int bytes)
{
    if (bytes < kHeaderBytes || std::memcmp(header, kMagic, sizeof kMagic) != 0)
        return;
    const std::uint32_t size = header[16] * 256U + header[17];
    file.pageBytes = header[20] == kPageChecksumBytes ? (size == 1 ? 65536 : size) : 0;
}

bool isPage(const CheckedFile& file, int bytes, sqlite3_int64 offset)
{
    return file.pageBytes >= kLeastPage && static_cast<std::uint32_t>(bytes) == file.pageBytes && offset % bytes == 0;
}

std::uint64_t checksumOf(const unsigned char* page, int bytes, sqlite3_int64 offset)
{
    return XXH3_64bits_withSeed(page, static_cast<std::size_t>(bytes - kPageChecksumBytes), static_cast<XXH64_hash_t>(offset / bytes));
}

// Whether it is a page of a tree that holds only the way to others.
bool isInner(const unsigned char* page) { return page[0] == 2 || page[0] == 5; }

int close(sqlite3_file* file)
{
    delete checked(file).page;
    return real(file)->pMethods->xClose(real(file));
}

int read(sqlite3_file* file, void* data, int bytes, sqlite3_int64 offset)
{
    const int result = real(file)->pMethods->xRead(real(file), data, bytes, offset);
    if (result == SQLITE_IOERR_SHORT_READ && isPage(checked(file), bytes, offset)) {
        checked(file).seenDamage = true;
        return SQLITE_IOERR_DATA;       // SQLite would go on with zeros
    }
    if (result != SQLITE_OK) {
        checked(file).seenReadError = checked(file).seenReadError || result != SQLITE_IOERR_SHORT_READ;
        return result;
    }
    const auto* page = static_cast<const unsigned char*>(data);
    if (offset == 0)
        learnPages(checked(file), page, bytes);
    if (!isPage(checked(file), bytes, offset))
        return SQLITE_OK;
    std::uint64_t stored = 0;
    std::memcpy(&stored, page + bytes - kPageChecksumBytes, sizeof stored);
    const bool passes = checked(file).check == PageCheck::Rows && (offset == 0 || isInner(page));
    if (passes || stored == checksumOf(page, bytes, offset))
        return SQLITE_OK;
    checked(file).seenDamage = true;
    return SQLITE_IOERR_DATA;
}

int write(sqlite3_file* file, const void* data, int bytes, sqlite3_int64 offset)
{
    const auto* page = static_cast<const unsigned char*>(data);
    if (offset == 0)
        learnPages(checked(file), page, bytes);
    if (!isPage(checked(file), bytes, offset))
        return real(file)->pMethods->xWrite(real(file), data, bytes, offset);
    std::vector<unsigned char>& copy = *checked(file).page;
    copy.assign(page, page + bytes);
    const std::uint64_t checksum = checksumOf(page, bytes, offset);
    std::memcpy(copy.data() + bytes - kPageChecksumBytes, &checksum, sizeof checksum);
    return real(file)->pMethods->xWrite(real(file), copy.data(), bytes, offset);
}

int control(sqlite3_file* file, int operation, void* argument)
{
    if (operation != kSeenDamage && operation != kSeenReadError)
        return real(file)->pMethods->xFileControl(real(file), operation, argument);
    *static_cast<bool*>(argument) = operation == kSeenDamage ? checked(file).seenDamage : checked(file).seenReadError;
    return SQLITE_OK;
}

// Everything else is the business of the layer below. No xFetch: mapped pages would come past the check.
const sqlite3_io_methods kMethods = {
    2,
    close,
    read,
    write,
    [](sqlite3_file* file, sqlite3_int64 size) { return real(file)->pMethods->xTruncate(real(file), size); },
    [](sqlite3_file* file, int flags) { return real(file)->pMethods->xSync(real(file), flags); },
    [](sqlite3_file* file, sqlite3_int64* size) { return real(file)->pMethods->xFileSize(real(file), size); },
    [](sqlite3_file* file, int lock) { return real(file)->pMethods->xLock(real(file), lock); },
    [](sqlite3_file* file, int lock) { return real(file)->pMethods->xUnlock(real(file), lock); },
    [](sqlite3_file* file, int* out) { return real(file)->pMethods->xCheckReservedLock(real(file), out); },
    control,
    [](sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); },
    [](sqlite3_file* file) { return real(file)->pMethods->xDeviceCharacteristics(real(file)); },
    [](sqlite3_file* file, int page, int size, int extend, void volatile** out) {
        return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
    },
    [](sqlite3_file* file, int offset, int count, int flags) { return real(file)->pMethods->xShmLock(real(file), offset, count, flags); },
    [](sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); },
    [](sqlite3_file* file, int remove) { return real(file)->pMethods->xShmUnmap(real(file), remove); },
    nullptr,
    nullptr,
};

struct CheckedVfs {
    sqlite3_vfs vfs;
    std::string name;
    sqlite3_vfs* below;
    PageCheck check;
};

const CheckedVfs& self(sqlite3_vfs* vfs) { return *static_cast<const CheckedVfs*>(vfs->pAppData); }
sqlite3_vfs* below(sqlite3_vfs* vfs) { return self(vfs).below; }

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* outFlags)
{
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
        return below(vfs)->xOpen(below(vfs), name, file, flags, outFlags);
    checked(file) = {};
    const int result = below(vfs)->xOpen(below(vfs), name, real(file), flags, outFlags);
    if (real(file)->pMethods) {         // also after a failure: then it must be closed
        checked(file).base.pMethods = &kMethods;
        checked(file).check = self(vfs).check;
        checked(file).page = new std::vector<unsigned char>;
    }
    return result;
}

sqlite3_vfs vfsOver(const sqlite3_vfs* under)
{
    sqlite3_vfs vfs = {};
    vfs.iVersion = 2;
    vfs.szOsFile = static_cast<int>(sizeof(CheckedFile)) + under->szOsFile;
    vfs.mxPathname = under->mxPathname;
    vfs.xOpen = open;
    vfs.xDelete = [](sqlite3_vfs* v, const char* name, int sync) { return below(v)->xDelete(below(v), name, sync); };
    vfs.xAccess = [](sqlite3_vfs* v, const char* name, int flags, int* out) { return below(v)->xAccess(below(v), name, flags, out); };
    vfs.xFullPathname = [](sqlite3_vfs* v, const char* name, int size, char* out) { return below(v)->xFullPathname(below(v), name, size, out); };
    vfs.xRandomness = [](sqlite3_vfs* v, int size, char* out) { return below(v)->xRandomness(below(v), size, out); };
    vfs.xSleep = [](sqlite3_vfs* v, int microseconds) { return below(v)->xSleep(below(v), microseconds); };
    vfs.xCurrentTime = [](sqlite3_vfs* v, double* now) { return below(v)->xCurrentTime(below(v), now); };
    vfs.xGetLastError = [](sqlite3_vfs* v, int size, char* out) { return below(v)->xGetLastError(below(v), size, out); };
    vfs.xCurrentTimeInt64 = [](sqlite3_vfs* v, sqlite3_int64* now) { return below(v)->xCurrentTimeInt64(below(v), now); };
    return vfs; // no loadable extensions
}

bool hasSeen(sqlite3* database, int what)
{
    bool seen = false;
    return sqlite3_file_control(database, "main", what, &seen) == SQLITE_OK && seen;
}

} // namespace

bool hasSeenDamage(sqlite3* database) { return hasSeen(database, kSeenDamage); }
bool hasSeenReadError(sqlite3* database) { return hasSeen(database, kSeenReadError); }

std::string checkedVfs(const std::string& belowName, PageCheck check)
{
    static std::mutex mutex;
    static std::map<std::pair<std::string, PageCheck>, std::unique_ptr<CheckedVfs>> registered; // SQLite keeps pointers to them
    const std::lock_guard hold(mutex);
    std::unique_ptr<CheckedVfs>& entry = registered[{belowName, check}];
    if (!entry) {
        sqlite3_vfs* const under = sqlite3_vfs_find(belowName.empty() ? nullptr : belowName.c_str());
        entry = std::make_unique<CheckedVfs>(
            CheckedVfs{vfsOver(under), (check == PageCheck::All ? "octavo-checked-" : "octavo-rows-checked-") + belowName, under, check});
        entry->vfs.pAppData = entry.get();
        entry->vfs.zName = entry->name.c_str();
        sqlite3_vfs_register(&entry->vfs, 0);
    }
    return entry->name;
}

} // namespace octavo::app
