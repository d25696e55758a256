// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "documents/file_format.h"
#include "support/paths.h"

namespace octavo::test {

// A file of tests/data/documents.
struct CorpusFile {
    std::filesystem::path path;
    std::string bytes;
    app::FileFormat format;

    std::string suffix() const { return path.extension().string().substr(1); }
};

inline std::filesystem::path corpusFolder() { return std::filesystem::path(kSourceDir) / "tests/data/documents"; }

// All documents, sorted; not what is told about them.
inline std::vector<std::filesystem::path> corpusPaths()
{
    std::vector<std::filesystem::path> paths;
    for (const auto& folder : {corpusFolder(), corpusFolder() / "hostile"}) {
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            if (entry.is_regular_file() && entry.path().filename() != "facts.json")
                paths.push_back(entry.path());
        }
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

inline std::string bytesOf(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Those that a parser reads.
inline std::vector<CorpusFile> parsedCorpus()
{
    std::vector<CorpusFile> files;
    for (const std::filesystem::path& path : corpusPaths()) {
        CorpusFile file{path, bytesOf(path), {}};
        file.format = app::formatOf(QString::fromStdString(path.filename().string()), QByteArrayView(file.bytes.data(), std::min<qsizetype>(4096, qsizetype(file.bytes.size()))));
        if (!file.format.parser.isEmpty())
            files.push_back(std::move(file));
    }
    return files;
}

} // namespace octavo::test
