// SPDX-License-Identifier: Apache-2.0
#include "documents/folder_walker.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "documents/default_ignores.h"
#include "documents/ignore_rules.h"

namespace octavo::app {

namespace {

namespace fs = std::filesystem;

// Summing up an ignored folder only serves the ledger; a big cache must not hold up the reading.
constexpr int kMostFilesCounted = 100'000;

// Bad bytes turn into U+FFFD; the path itself keeps them.
QString forPeople(const std::string& name) { return QString::fromUtf8(name.data(), qsizetype(name.size())); }

class Walk {
public:
    Walk(const fs::path& folder, const std::function<void()>& met, std::stop_token stop) : m_folder(folder), m_met(met), m_rules(folder), m_stop(std::move(stop)) {}

    std::vector<FoundItem> all() &&
    {
        visit({});
        return std::move(m_items);
    }

    std::vector<FoundItem> in(const std::string& relativeFolder, const std::function<bool(const QString&)>& goesInto) &&
    {
        m_goesInto = goesInto;
        for (std::size_t slash = 0; slash < relativeFolder.size(); slash = relativeFolder.find('/', slash) + 1)
            m_rules.enter(slash == 0 ? std::string() : relativeFolder.substr(0, slash - 1));
        visit(relativeFolder.substr(0, relativeFolder.size() - (relativeFolder.empty() ? 0 : 1)));
        return std::move(m_items);
    }

private:
    struct Entry {
        std::string name;
        QString shownName;
        int rank;
        fs::file_type type;
        qint64 bytes;
    };

    void visit(const std::string& relativeFolder)
    {
        m_rules.enter(relativeFolder);
        std::error_code error;
        std::vector<Entry> entries = entriesOf(m_folder / relativeFolder, error);
        if (error)
            add(relativeFolder + '/', QStringLiteral("folder cannot be opened"), 0);
        std::ranges::sort(entries, [](const Entry& a, const Entry& b) { return std::tie(a.rank, a.name) < std::tie(b.rank, b.name); });
        for (const Entry& entry : entries) {
            if (m_stop.stop_requested())
                return;
            const std::string path = relativeFolder.empty() ? entry.name : relativeFolder + '/' + entry.name;
            if (entry.type == fs::file_type::directory)
                meetFolder(entry, path);
            else
                meetFile(entry, path);
        }
    }

    std::vector<Entry> entriesOf(const fs::path& folder, std::error_code& error) const
    {
        std::vector<Entry> entries;
        for (fs::directory_iterator at(folder, error), end; !error && at != end && !m_stop.stop_requested(); at.increment(error)) {
            std::error_code gone;
            Entry entry{at->path().filename().string(), {}, 0, at->symlink_status(gone).type(), 0};
            if (entry.type == fs::file_type::regular)
                entry.bytes = qint64(at->file_size(gone));
            if (gone)
                continue;   // deleted between being listed and being looked at
            entry.shownName = forPeople(entry.name);
            entry.rank = readingRank(entry.shownName);
            entries.push_back(std::move(entry));
        }
        return entries;
    }

    void meetFolder(const Entry& entry, const std::string& path)
    {
        const FolderVerdict byName = whyFolderIsSkipped(entry.shownName);
        QString why = verdict(path, true);
        if (!byName.why.isEmpty() && !(byName.unlessTracked && m_rules.isTracked(path, true)))
            why = byName.why;
        const bool isWanted = !m_goesInto || (why.isEmpty() && m_goesInto(forPeople(path + '/')));
        if (why.isEmpty() && isWanted)
            return visit(path);
        if (!isWanted)
            return;
        const auto [bytes, complete] = bytesBelow(m_folder / path);
        add(path + '/', complete ? why : why + QStringLiteral(", only its first %1 files counted").arg(kMostFilesCounted), bytes);
    }

    void meetFile(const Entry& entry, const std::string& path)
    {
        if (entry.type == fs::file_type::symlink)
            add(path, QStringLiteral("symbolic link, not followed"), 0);
        else if (entry.type != fs::file_type::regular)
            add(path, QStringLiteral("no regular file"), 0);
        else if (const QString byName = whyFileIsSkipped(entry.shownName, entry.bytes); !byName.isEmpty())
            add(path, byName, entry.bytes);
        else
            add(path, verdict(path, false), entry.bytes);
    }

    QString verdict(const std::string& path, bool isFolder) const
    {
        switch (m_rules.verdictOn(path, isFolder)) {
        case IgnoreRules::Verdict::Read: return {};
        case IgnoreRules::Verdict::IgnoredByGit: return QStringLiteral("ignored by .gitignore");
        case IgnoreRules::Verdict::IgnoredByOctavo: return QStringLiteral("ignored by .octavoignore");
        }
        return {};
    }

    std::pair<qint64, bool> bytesBelow(const fs::path& folder) const
    {
        qint64 bytes = 0;
        int files = 0;
        std::error_code error;
        fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
        for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
            std::error_code gone;
            if (at->symlink_status(gone).type() != fs::file_type::regular)
                continue;
            if (const auto size = at->file_size(gone); !gone)
                bytes += qint64(size);
            if (++files == kMostFilesCounted || m_stop.stop_requested())
                return {bytes, false};
        }
        return {bytes, true};
    }

    void add(const std::string& relativePath, const QString& why, qint64 bytes)
    {
        m_items.push_back({m_folder / relativePath, forPeople(relativePath), why, bytes});
        m_met();
    }

    fs::path m_folder;
    const std::function<void()>& m_met;
    IgnoreRules m_rules;
    std::stop_token m_stop;
    std::function<bool(const QString&)> m_goesInto;   // empty: into all that is not left out
    std::vector<FoundItem> m_items;
};

} // namespace

std::vector<FoundItem> walkFolder(const fs::path& folder, const std::function<void()>& met, std::stop_token stop)
{
    return Walk(folder, met, std::move(stop)).all();
}

std::vector<FoundItem> itemsIn(const fs::path& folder, const std::string& relativeFolder, const std::function<bool(const QString&)>& goesInto)
{
    return Walk(folder, [] {}, {}).in(relativeFolder, goesInto);
}

} // namespace octavo::app
