// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "recorded.h"
#include "support/zip_members.h"

namespace octavo::parsers {
namespace {

TEST(Archive, NamesThatAreNoUtf8AreReadAsWindowsOnes)
{
    EXPECT_EQ(recorded(parseArchive, test::storedZip({{"caf\xE9.txt", "a"}, {"caf\xC3\xA9.txt", "b"}})),
        "member: caf\xC3\xA9.txt (1 bytes)\nremark: caf\xC3\xA9.txt (another file of the same name came before it)\n");
    EXPECT_EQ(recorded(parseArchive, test::storedZip({{"../\xFF\xFE", "a"}})), "remark: ../\xC3\xBF\xC3\xBE (its path leaves the archive)\n");
}

TEST(Archive, CutAndDamagedFiles)
{
    const std::string zip = test::storedZip({{"a/b.txt", "words"}, {"c.txt", "more words"}});
    EXPECT_EQ(recorded(parseArchive, zip), "member: a/b.txt (5 bytes)\nmember: c.txt (10 bytes)\n");
    readEveryPrefix(parseArchive, zip);
    for (unsigned seed = 0; seed < 300; ++seed)
        recorded(parseArchive, damaged(zip, seed));
}

} // namespace
} // namespace octavo::parsers
