// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <vector>

#include <QString>

namespace octavo::app {

// One thing met in a folder: a file to be read (why is empty), or a file or whole folder that is left out, and why.
struct FoundItem {
    std::filesystem::path path;   // absolute; also right where the name is no UTF-8
    QString relativePath;         // for people, '/' between names; a folder's ends with '/'
    QString why;
    qint64 bytes = 0;             // of a folder: all files below it, or as many as were counted (why says so)
};

// Everything below a folder, in the order that helps a reader: in each folder READMEs first, then manifests, then the rest by
// name. Ignore files and sensible defaults are honoured (ignore_rules.h, default_ignores.h). Symbolic links are named, not
// followed. Whether a file is text is not looked at. `met` is called for each item. Ends early, with what it has, when stopped.
std::vector<FoundItem> walkFolder(const std::filesystem::path& folder, const std::function<void()>& met, std::stop_token stop);

// Of that, what lies in one folder below it ("" is the top one, "a/b/"), and in such folders inside as `goesInto` says: it is asked with their paths.
// Folders that are left out are not told.
std::vector<FoundItem> itemsIn(const std::filesystem::path& folder, const std::string& relativeFolder, const std::function<bool(const QString& folder)>& goesInto);

} // namespace octavo::app
