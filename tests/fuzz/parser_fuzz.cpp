// SPDX-License-Identifier: Apache-2.0
// One parser of octavo-parse, with any bytes as a file of its format. CMakeLists.txt says which: FUZZED_PARSER, and with FUZZED_ZIP that its files
// are ZIP files, of which one member is changed and packed again; changes to packed bytes would end at their sums.
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "parsers/recorded.h"
#include "support/zip_members.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t mostSize);

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    std::setlocale(LC_ALL, "C.UTF-8");         // as octavo-parse does
    GTEST_FLAG_SET(break_on_failure, true);    // what Recorded expects is what must hold
    std::signal(SIGTRAP, [](int) { std::abort(); });   // the break, of which libFuzzer knows nothing
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    octavo::parsers::recorded(octavo::parsers::FUZZED_PARSER, {reinterpret_cast<const char*>(data), size});
    return 0;
}

#ifdef FUZZED_ZIP
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t mostSize, unsigned seed)
{
    constexpr std::size_t kMostGrowth = 1024;
    auto members = octavo::test::unzipped({reinterpret_cast<const char*>(data), size});
    if (members.empty())
        return LLVMFuzzerMutate(data, size, mostSize);
    std::string& bytes = members[seed % members.size()].bytes;
    const std::size_t before = bytes.size();
    bytes.resize(before + kMostGrowth);
    bytes.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(bytes.data()), before, bytes.size()));
    const std::string packed = octavo::test::storedZip(members);
    if (packed.size() > mostSize)
        return LLVMFuzzerMutate(data, size, mostSize);
    std::memcpy(data, packed.data(), packed.size());
    return packed.size();
}
#endif
