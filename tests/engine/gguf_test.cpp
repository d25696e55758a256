// SPDX-License-Identifier: Apache-2.0
#include "model/gguf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <limits>

#include "support/temporary_folder.h"
#include "support/tiny_gguf.h"

namespace octavo {
namespace {

using test::GgufWriter;
using test::TemporaryFolder;
using test::TensorType;
using ::testing::ElementsAre;
using ::testing::Optional;

std::string fourFloats() { return test::encodeF32(std::vector<float> { 1, 2, 3, 4 }); }

// Looks at everything a file offers, as a reader of a hostile file would.
std::size_t readAll(const GgufFile& file)
{
    std::size_t seen = 0;
    for (const char* key : { "general.architecture", "general.alignment", "llama.context_length", "tokenizer.ggml.tokens",
             "tokenizer.ggml.token_type", "tokenizer.ggml.merges", "tokenizer.ggml.add_bos_token", "llama.rope.freq_base" }) {
        seen += file.stringValue(key).value_or("").size() + file.unsignedValue(key).value_or(0) % 2 + file.boolValue(key).value_or(false);
        for (std::string_view text : file.stringArray(key).value_or(std::vector<std::string_view> {}))
            seen += text.size();
        seen += file.integerArray(key).value_or(std::vector<std::int64_t> {}).size();
        seen += file.floatValue(key).has_value();
    }
    for (const GgufTensor& tensor : file.tensors())
        seen += tensor.data.empty() ? 0 : static_cast<std::size_t>(tensor.data.front() ^ tensor.data.back());
    return seen;
}

class Gguf : public ::testing::Test {
protected:
    Result<std::unique_ptr<const GgufFile>> open(const GgufWriter& writer) { return open(writer.bytes()); }

    Result<std::unique_ptr<const GgufFile>> open(const std::string& bytes)
    {
        GgufWriter::writeBytes(m_path, bytes);
        return GgufFile::open(m_path);
    }

    TemporaryFolder m_folder;
    std::filesystem::path m_path = m_folder / "model.gguf";
};

TEST_F(Gguf, GivesBackWhatWasWritten)
{
    GgufWriter writer;
    writer.set("text", "Lübeck");
    writer.set("empty", "");
    writer.set("yes", true);
    writer.set("byte", std::uint8_t { 200 });
    writer.set("small", std::int16_t { -3 });
    writer.set("large", std::numeric_limits<std::uint64_t>::max());
    writer.set("float", 0.5f);
    writer.set("double", 0.1);
    writer.set("words", std::vector<std::string> { "a", "", "ccc" });
    writer.set("numbers", std::vector<std::int32_t> { 3, -1, 4 });
    writer.set("floats", std::vector<float> { 1.5f, -2 });
    writer.set("too large", std::vector<std::uint64_t> { 1, std::numeric_limits<std::uint64_t>::max() });
    writer.set("none", std::vector<std::string> {});
    writer.setTensor("matrix", TensorType::F32, { 2, 2 }, fourFloats());
    writer.setTensor("blocks", TensorType::Q8_0, { 32, 3 }, std::string(3 * 34, 'q'));

    for (std::uint32_t version : { 2u, 3u }) {
        writer.version = version;
        const auto opened = open(writer);
        ASSERT_TRUE(opened) << opened.error().detail;
        const GgufFile& file = **opened;
        EXPECT_EQ(file.version(), version);
        EXPECT_EQ(file.fileSize(), std::filesystem::file_size(m_path));
        EXPECT_THAT(file.stringValue("text"), Optional(std::string_view("Lübeck")));
        EXPECT_THAT(file.stringValue("empty"), Optional(std::string_view()));
        EXPECT_THAT(file.boolValue("yes"), Optional(true));
        EXPECT_THAT(file.unsignedValue("byte"), Optional(200u));
        EXPECT_THAT(file.unsignedValue("large"), Optional(std::numeric_limits<std::uint64_t>::max()));
        EXPECT_THAT(file.floatValue("float"), Optional(0.5));
        EXPECT_THAT(file.floatValue("double"), Optional(0.1));
        EXPECT_THAT(file.stringArray("words"), Optional(ElementsAre("a", "", "ccc")));
        EXPECT_THAT(file.stringArray("none"), Optional(ElementsAre()));
        EXPECT_THAT(file.integerArray("numbers"), Optional(ElementsAre(3, -1, 4)));
        EXPECT_THAT(file.floatArray("floats"), Optional(ElementsAre(1.5f, -2)));

        ASSERT_EQ(file.tensors().size(), 2u);
        const GgufTensor* matrix = file.tensor("matrix");
        ASSERT_NE(matrix, nullptr);
        EXPECT_EQ(matrix->type, GgmlType::F32);
        EXPECT_THAT(matrix->shape, ElementsAre(2, 2));
        ASSERT_EQ(matrix->data.size(), 16u);
        EXPECT_EQ(std::memcmp(matrix->data.data(), fourFloats().data(), 16), 0);
        EXPECT_EQ(file.tensor("blocks")->data.size(), 3u * 34);
        EXPECT_EQ(file.tensor("absent"), nullptr);
    }
}

TEST_F(Gguf, GivesNothingForAbsentKeysAndOtherKinds)
{
    GgufWriter writer;
    writer.set("text", "7");
    writer.set("negative", std::int32_t { -1 });
    writer.set("numbers", std::vector<std::int32_t> { 1 });
    writer.set("too large", std::vector<std::uint64_t> { std::numeric_limits<std::uint64_t>::max() });
    const auto opened = open(writer);
    ASSERT_TRUE(opened);
    const GgufFile& file = **opened;
    EXPECT_TRUE(file.has("text"));
    EXPECT_FALSE(file.has("absent"));
    EXPECT_FALSE(file.unsignedValue("absent"));
    EXPECT_FALSE(file.unsignedValue("text"));
    EXPECT_FALSE(file.unsignedValue("negative"));
    EXPECT_FALSE(file.unsignedValue("numbers"));
    EXPECT_FALSE(file.floatValue("negative"));
    EXPECT_FALSE(file.boolValue("negative"));
    EXPECT_FALSE(file.stringValue("numbers"));
    EXPECT_FALSE(file.integerArray("text"));
    EXPECT_FALSE(file.integerArray("too large"));
    EXPECT_FALSE(file.floatArray("numbers"));
    EXPECT_FALSE(file.stringArray("numbers"));
}

// A file of one tensor whose table entry is written by hand.
struct Entry {
    std::string name = "weight";
    std::uint32_t dimensions = 1;
    std::vector<std::uint64_t> shape = { 4 };
    std::uint32_t type = 0;
    std::uint64_t offset = 0;
    int times = 1;
    std::uint32_t alignment = 32;
};

std::string fileWith(const Entry& entry)
{
    std::string file = "GGUF";
    GgufWriter::append(file, std::uint32_t { 3 });
    GgufWriter::append(file, static_cast<std::uint64_t>(entry.times));
    GgufWriter::append(file, std::uint64_t { 1 });
    GgufWriter::appendString(file, "general.alignment");
    GgufWriter::append(file, std::uint32_t { 4 });
    GgufWriter::append(file, entry.alignment);
    for (int n = 0; n < entry.times; ++n) {
        GgufWriter::appendString(file, entry.name);
        GgufWriter::append(file, entry.dimensions);
        for (std::uint64_t extent : entry.shape)
            GgufWriter::append(file, extent);
        GgufWriter::append(file, entry.type);
        GgufWriter::append(file, entry.offset);
    }
    const std::size_t alignment = std::max<std::size_t>(entry.alignment, 1);
    file.resize((file.size() + alignment - 1) / alignment * alignment);
    return file + fourFloats();
}

// A file of one key with the value bytes given, type number first.
std::string fileWithValue(const std::string& encoded, std::uint64_t keys = 1)
{
    std::string file = "GGUF";
    GgufWriter::append(file, std::uint32_t { 3 });
    GgufWriter::append(file, std::uint64_t { 0 });
    GgufWriter::append(file, keys);
    GgufWriter::appendString(file, "key");
    return file + encoded;
}

template <class... Numbers>
std::string numbers(Numbers... values)
{
    std::string bytes;
    (GgufWriter::append(bytes, values), ...);
    return bytes;
}

TEST_F(Gguf, AcceptsOneTensorByHand)
{
    for (std::uint32_t alignment : { 1u, 8u, 64u, 4096u }) {
        Entry entry;
        entry.alignment = alignment;
        const auto file = open(fileWith(entry));
        ASSERT_TRUE(file) << alignment << ": " << file.error().detail;
        EXPECT_EQ(std::memcmp((*file)->tensor("weight")->data.data(), fourFloats().data(), 16), 0);
    }
}

TEST_F(Gguf, RefusesBrokenFiles)
{
    constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();
    constexpr std::uint32_t kU32 = 4;
    constexpr std::uint32_t kString = 8;
    constexpr std::uint32_t kArray = 9;
    const auto version = [](std::uint32_t number) { return "GGUF" + numbers(number, std::uint64_t { 0 }, std::uint64_t { 0 }); };
    const struct {
        const char* what;
        std::string bytes;
        Errc code;
    } rows[] = {
        { "empty", "", Errc::Truncated },
        { "half a magic", "GG", Errc::Truncated },
        { "another magic", "GGML" + numbers(std::uint32_t { 3 }, std::uint64_t { 0 }, std::uint64_t { 0 }), Errc::NotGguf },
        { "text", "Call me Ishmael. Some years ago", Errc::NotGguf },
        { "version 1", version(1), Errc::UnsupportedVersion },
        { "version 99", version(99), Errc::UnsupportedVersion },
        { "big endian", version(0x03000000), Errc::UnsupportedVersion },
        { "huge number of tensors", "GGUF" + numbers(std::uint32_t { 3 }, kHuge, std::uint64_t { 0 }), Errc::Truncated },
        { "huge number of keys", "GGUF" + numbers(std::uint32_t { 3 }, std::uint64_t { 0 }, kHuge), Errc::Truncated },
        { "more keys than there are", fileWithValue(numbers(kU32, std::uint32_t { 1 }), 2), Errc::Truncated },
        { "long string", fileWithValue(numbers(kString, std::uint64_t { 1000 }) + "short"), Errc::Truncated },
        { "huge string", fileWithValue(numbers(kString, kHuge)), Errc::Truncated },
        { "long array", fileWithValue(numbers(kArray, kU32, std::uint64_t { 3 }, std::uint32_t { 1 })), Errc::Truncated },
        { "huge array", fileWithValue(numbers(kArray, kU32, kHuge)), Errc::Truncated },
        { "array whose size wraps", fileWithValue(numbers(kArray, kU32, kHuge / 4 + 2, std::uint32_t { 1 })), Errc::Truncated },
        { "huge array of strings", fileWithValue(numbers(kArray, kString, kHuge, std::uint64_t { 0 })), Errc::Truncated },
        { "array of arrays", fileWithValue(numbers(kArray, kArray, std::uint64_t { 1 }, kU32, std::uint64_t { 0 })), Errc::BadMetadata },
        { "unknown value type", fileWithValue(numbers(std::uint32_t { 13 }, std::uint64_t { 0 })), Errc::BadMetadata },
        { "key twice",
            fileWithValue(numbers(kU32, std::uint32_t { 1 }, std::uint64_t { 3 }) + "key" + numbers(kU32, std::uint32_t { 2 }), 2),
            Errc::BadMetadata },
        { "alignment of 0", fileWith({ .alignment = 0 }), Errc::BadMetadata },
        { "alignment of 24", fileWith({ .alignment = 24 }), Errc::BadMetadata },
        { "no dimensions", fileWith({ .dimensions = 0, .shape = {} }), Errc::BadTensor },
        { "five dimensions", fileWith({ .dimensions = 5, .shape = { 1, 1, 1, 1, 1 } }), Errc::BadTensor },
        { "huge number of dimensions", fileWith({ .dimensions = 0xFFFFFFFF }), Errc::BadTensor },
        { "extent of 0", fileWith({ .shape = { 0 } }), Errc::BadTensor },
        { "shape that wraps", fileWith({ .dimensions = 2, .shape = { kHuge / 2 + 1, 2 } }), Errc::BadTensor },
        { "size that wraps", fileWith({ .shape = { kHuge / 4 + 2 } }), Errc::BadTensor },
        { "row of part of a block", fileWith({ .shape = { 4 }, .type = 2 }), Errc::BadTensor },
        { "unknown type", fileWith({ .type = 99 }), Errc::BadTensor },
        { "offset that is not aligned", fileWith({ .shape = { 1 }, .offset = 4 }), Errc::BadTensor },
        { "name twice", fileWith({ .times = 2 }), Errc::BadTensor },
        { "data past the end", fileWith({ .shape = { 5 } }), Errc::Truncated },
        { "offset past the end", fileWith({ .offset = 64 }), Errc::Truncated },
        { "huge offset", fileWith({ .offset = kHuge - 31 }), Errc::Truncated },
    };
    for (const auto& row : rows) {
        const auto file = open(row.bytes);
        ASSERT_FALSE(file) << row.what;
        EXPECT_EQ(file.error().code, row.code) << row.what << ": " << file.error().detail;
        EXPECT_FALSE(file.error().subject.empty()) << row.what;
    }
}

TEST_F(Gguf, RefusesAlignmentThatIsNotANumber)
{
    GgufWriter writer;
    writer.set("general.alignment", "32");
    const auto file = open(writer);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, Errc::BadMetadata);
}

TEST_F(Gguf, RefusesWhatIsNoFile)
{
    const std::filesystem::path pipe = m_folder / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const struct {
        std::filesystem::path path;
        Errc code;
    } rows[] = {
        { m_folder / "absent.gguf", Errc::NotFound },
        { m_folder / "absent" / "model.gguf", Errc::NotFound },
        { m_folder.path(), Errc::NotAFile },
        { "/dev/null", Errc::NotAFile },
        { pipe, Errc::NotAFile },
    };
    for (const auto& row : rows) {
        const auto file = GgufFile::open(row.path);
        ASSERT_FALSE(file) << row.path;
        EXPECT_EQ(file.error().code, row.code) << row.path;
    }
}

TEST_F(Gguf, RefusesWhatMayNotBeRead)
{
    if (::geteuid() == 0)
        GTEST_SKIP() << "root may read everything";
    GgufWriter().write(m_path);
    ASSERT_EQ(::chmod(m_path.c_str(), 0), 0);
    const auto file = GgufFile::open(m_path);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, Errc::Unreadable);
}

TEST_F(Gguf, NoticesEveryCut)
{
    const GgufWriter writer = test::tinyLlama();
    const std::string bytes = writer.bytes();
    writer.write(m_path);
    std::vector<std::size_t> sizes = { bytes.size() - 100, bytes.size() / 2 };
    for (std::size_t size = writer.header().size(); size-- > 0;)
        sizes.push_back(size);
    for (std::size_t size : sizes) {
        std::filesystem::resize_file(m_path, size);
        const auto file = GgufFile::open(m_path);
        ASSERT_FALSE(file) << size;
        ASSERT_EQ(file.error().code, Errc::Truncated) << size;
    }
}

TEST_F(Gguf, SurvivesEveryWrongByte)
{
    const GgufWriter writer = test::tinyLlama();
    const std::string header = writer.header();
    std::string bytes = writer.bytes();
    const auto parse = [&bytes] { return GgufFile::parse(std::as_bytes(std::span(bytes))); };
    for (std::size_t at = 0; at < header.size(); ++at) {
        for (char wrong : { '\xFF', '\x00', '\x09' }) {
            bytes[at] = wrong;
            if (const auto parsed = parse())
                readAll(**parsed);
        }
        bytes[at] = header[at];
    }
    const auto restored = parse();
    ASSERT_TRUE(restored);
    EXPECT_GT(readAll(**restored), 0u);
}

TEST_F(Gguf, RefusesTensorsThatShareData)
{
    GgufWriter writer;
    writer.setTensor("first", TensorType::F32, { 16 }, std::string(64, '1'));
    writer.setTensor("second", TensorType::F32, { 16 }, std::string(64, '2'));
    const struct {
        std::uint64_t offset;
        bool apart;
    } rows[] = { { 0, false }, { 32, false }, { 64, true } };
    for (const auto& row : rows) {
        std::string bytes = writer.bytes();
        const std::size_t offsetOfSecond = bytes.find("second") + 6 + 4 + 8 + 4;   // after name, dimensions, extent and type
        bytes.replace(offsetOfSecond, 8, numbers(row.offset));
        const auto file = open(bytes);
        EXPECT_EQ(file.ok(), row.apart) << row.offset;
        if (!file.ok()) {
            EXPECT_EQ(file.error().code, Errc::BadTensor);
            EXPECT_THAT(file.error().detail, ::testing::HasSubstr("shares data"));
        }
    }
}

TEST_F(Gguf, OpensTinyLlamas)
{
    for (TensorType type : { TensorType::F32, TensorType::F16, TensorType::Q8_0, TensorType::Q4_0, TensorType::Q4_1 }) {
        test::writeTinyLlama(m_path, { .weights = type });
        const auto file = GgufFile::open(m_path);
        ASSERT_TRUE(file) << file.error().detail;
        const GgufTensor* down = (*file)->tensor("blk.1.ffn_down.weight");
        ASSERT_NE(down, nullptr);
        EXPECT_THAT(down->shape, ElementsAre(128, 64));
        EXPECT_EQ(down->type, static_cast<GgmlType>(type));
        EXPECT_EQ((*file)->stringArray("tokenizer.ggml.tokens")->size(), (*file)->tensor("token_embd.weight")->shape[1]);
    }
}

} // namespace
} // namespace octavo
