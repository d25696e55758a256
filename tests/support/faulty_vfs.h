// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <sqlite3.h>
#include <string>
#include <vector>

namespace octavo::test {

// A layer under SQLite, over the real disk, on which one call goes wrong. Registered with SQLite while it lives, and made the layer below a library by
// Library::open(folder, vfs.name()). Calls that change something (open for writing, write, truncate, sync, delete), reads, and questions (size, locks, shared
// memory, whether a file is there) are counted apart, from 1.
// Threads: one. Lifetime: to the end of the process, since layers above it keep pointers to it; one for all tests.
class FaultyVfs {
public:
    enum class Fault {
        None,
        Error,      // this call reports an error of the disk, and does nothing
        Full,       // this call finds the disk full (a write or an open, else an error)
        Half,       // of this write the first half is done, then there is an error
        ReadError,  // this read reports an error
        Unanswered, // this question is answered by an error
        Lost,       // this write is told as done, and is not: a disk that lies
        Death,      // from this call on nothing is done any more, as if the program were gone
        PowerCut,   // the same; and what was not synced is lost, or not, in any order: see cutPower()
    };

    static FaultyVfs& instance();
    FaultyVfs(const FaultyVfs&) = delete;
    FaultyVfs& operator=(const FaultyVfs&) = delete;

    const std::string& name() const { return m_name; }
    // Begins to count anew; call `at` goes wrong. No file may be open.
    void arm(Fault fault, long at);
    long changes() const { return m_changes; }
    long reads() const { return m_reads; }
    long questions() const { return m_questions; }
    bool hasStruck() const { return m_struck; }

    // After a PowerCut, with all files closed: every file goes back to what was synced, then some of the writes since are done again, chosen and ordered by
    // `seed`; some only in part, cut at a sector. Files deleted since may be back,
    // files that were made and never synced may be gone. Shared memory is gone.
    void cutPower(std::uint32_t seed);

private:
    friend struct FaultyMethods;

    // What a file was when it was last synced, and what has been done to it since. Known by its inode: others rename it.
    struct Change {
        std::int64_t offset = 0;       // of a write; of a truncation, the new size
        std::string bytes;             // empty: a truncation
    };
    struct Synced {
        std::string path;
        std::optional<std::string> bytes;   // none: it was not there
        std::vector<Change> since{};
    };

    FaultyVfs();
    int change(Fault& struck);         // counts; the result is to be returned unless it is SQLITE_OK
    int read();
    int answer(long& count, Fault fault, int error);   // counts; `error` if it is this call that `fault` strikes
    int question(int error);           // `error` if it goes unanswered
    bool losesWrite();                 // of the change just counted
    bool remembers() const { return m_fault == Fault::PowerCut; }   // what is synced; nothing else needs it
    bool isDead() const { return m_struck && (m_fault == Fault::Death || m_fault == Fault::PowerCut); }
    Synced& fileAt(const std::string& path);
    void redo(const Synced& file, const std::string& path, std::mt19937& random) const;

    std::string m_name;
    std::unique_ptr<sqlite3_vfs> m_vfs;
    Fault m_fault = Fault::None;
    long m_at = 0, m_changes = 0, m_reads = 0, m_questions = 0;
    bool m_struck = false;
    std::map<std::uint64_t, Synced> m_files;   // by inode
    std::vector<Synced> m_removed;             // of whose removal the folder does not know yet
};

} // namespace octavo::test
