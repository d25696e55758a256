// SPDX-License-Identifier: Apache-2.0
#include "model/gguf.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>

namespace octavo {

namespace {

constexpr std::uint32_t kMagic = 0x46554747; // "GGUF", little endian
constexpr std::uint64_t kDefaultAlignment = 32;
constexpr std::uint32_t kMaxDimensions = 4;

// Value types of the format; numbers stand in files.
enum class ValueType : std::uint32_t { U8, I8, U16, I16, U32, I32, F32, Bool, String, Array, U64, I64, F64 };

std::size_t sizeOf(ValueType type)
{
    switch (type) {
    case ValueType::U8:
    case ValueType::I8:
    case ValueType::Bool: return 1;
    case ValueType::U16:
    case ValueType::I16: return 2;
    case ValueType::U32:
    case ValueType::I32:
    case ValueType::F32: return 4;
    case ValueType::U64:
    case ValueType::I64:
    case ValueType::F64: return 8;
    default: return 0; // no fixed size
    }
}

bool isInteger(ValueType type) { return sizeOf(type) > 0 && type != ValueType::F32 && type != ValueType::F64 && type != ValueType::Bool; }
bool isSigned(ValueType type) { return type == ValueType::I8 || type == ValueType::I16 || type == ValueType::I32 || type == ValueType::I64; }

// A value where it stands in the file: one scalar, one string, or `count` array elements beginning at `data`.
struct Value {
    ValueType type = ValueType::U8;   // of the elements
    bool isArray = false;
    std::uint64_t count = 1;
    std::span<const std::byte> data;
};

template <class T>
T valueAt(const std::byte* data)
{
    T value;
    std::memcpy(&value, data, sizeof value);
    return value;
}

std::int64_t integerAt(ValueType type, const std::byte* data)
{
    switch (type) {
    case ValueType::U8: return valueAt<std::uint8_t>(data);
    case ValueType::I8: return valueAt<std::int8_t>(data);
    case ValueType::U16: return valueAt<std::uint16_t>(data);
    case ValueType::I16: return valueAt<std::int16_t>(data);
    case ValueType::U32: return valueAt<std::uint32_t>(data);
    case ValueType::I32: return valueAt<std::int32_t>(data);
    default: return valueAt<std::int64_t>(data);
    }
}

// Reads forward through the file; the first read past its end makes every later one fail.
class Cursor {
public:
    explicit Cursor(std::span<const std::byte> bytes) : m_bytes(bytes) {}

    template <class T>
    T number()
    {
        const std::span<const std::byte> bytes = take(sizeof(T));
        return bytes.empty() ? T{} : valueAt<T>(bytes.data());
    }
    std::string_view string()
    {
        const std::uint64_t size = number<std::uint64_t>();
        const std::span<const std::byte> bytes = take(size);
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    std::span<const std::byte> take(std::uint64_t size)
    {
        if (m_short || size > m_bytes.size() - m_at) {
            m_short = true;
            return {};
        }
        const auto taken = m_bytes.subspan(m_at, size);
        m_at += size;
        return taken;
    }
    bool ranOut() const { return m_short; }
    std::uint64_t at() const { return m_at; }
    std::uint64_t left() const { return m_bytes.size() - m_at; }

private:
    std::span<const std::byte> m_bytes;
    std::uint64_t m_at = 0;
    bool m_short = false;
};

// Reads one value; nothing if its type is unknown or an array is nested. Running out of bytes shows in the cursor.
std::optional<Value> readValue(Cursor& cursor)
{
    Value value;
    value.type = static_cast<ValueType>(cursor.number<std::uint32_t>());
    if (value.type == ValueType::Array) {
        value.isArray = true;
        value.type = static_cast<ValueType>(cursor.number<std::uint32_t>());
        value.count = cursor.number<std::uint64_t>();
    }
    if (value.type == ValueType::String) {
        // Walk over the strings once, so that later reads need no checks.
        Cursor begin = cursor;
        for (std::uint64_t n = 0; n < value.count && !cursor.ranOut(); ++n)
            cursor.string();
        if (!cursor.ranOut())
            value.data = begin.take(cursor.at() - begin.at());
        return value;
    }
    const std::size_t size = sizeOf(value.type);
    if (size == 0)
        return std::nullopt;
    value.data = value.count > cursor.left() / size ? cursor.take(std::numeric_limits<std::uint64_t>::max()) : cursor.take(value.count * size);
    return value;
}

} // namespace

std::optional<BlockLayout> blockLayout(GgmlType type)
{
    switch (type) {
    case GgmlType::F32: return BlockLayout{1, 4};
    case GgmlType::F16:
    case GgmlType::BF16: return BlockLayout{1, 2};
    case GgmlType::Q4_0: return BlockLayout{32, 18};
    case GgmlType::Q4_1: return BlockLayout{32, 20};
    case GgmlType::Q5_0: return BlockLayout{32, 22};
    case GgmlType::Q5_1: return BlockLayout{32, 24};
    case GgmlType::Q8_0: return BlockLayout{32, 34};
    case GgmlType::Q8_1: return BlockLayout{32, 36};
    case GgmlType::Q2_K: return BlockLayout{256, 84};
    case GgmlType::Q3_K: return BlockLayout{256, 110};
    case GgmlType::Q4_K: return BlockLayout{256, 144};
    case GgmlType::Q5_K: return BlockLayout{256, 176};
    case GgmlType::Q6_K: return BlockLayout{256, 210};
    case GgmlType::Q8_K: return BlockLayout{256, 292};
    case GgmlType::IQ4_NL: return BlockLayout{32, 18};
    case GgmlType::IQ4_XS: return BlockLayout{256, 136};
    }
    return std::nullopt;
}

std::string_view typeName(GgmlType type)
{
    switch (type) {
    case GgmlType::F32: return "F32";
    case GgmlType::F16: return "F16";
    case GgmlType::BF16: return "BF16";
    case GgmlType::Q4_0: return "Q4_0";
    case GgmlType::Q4_1: return "Q4_1";
    case GgmlType::Q5_0: return "Q5_0";
    case GgmlType::Q5_1: return "Q5_1";
    case GgmlType::Q8_0: return "Q8_0";
    case GgmlType::Q8_1: return "Q8_1";
    case GgmlType::Q2_K: return "Q2_K";
    case GgmlType::Q3_K: return "Q3_K";
    case GgmlType::Q4_K: return "Q4_K";
    case GgmlType::Q5_K: return "Q5_K";
    case GgmlType::Q6_K: return "Q6_K";
    case GgmlType::Q8_K: return "Q8_K";
    case GgmlType::IQ4_NL: return "IQ4_NL";
    case GgmlType::IQ4_XS: return "IQ4_XS";
    }
    return "unknown type";
}

struct GgufFile::Contents {
    std::filesystem::path path;
    std::span<const std::byte> bytes; // the mapping
    std::uint32_t version = 0;
    std::unordered_map<std::string_view, Value> values;
    std::vector<GgufTensor> tensors;
    std::unordered_map<std::string_view, std::size_t> tensorByName;

    ~Contents()
    {
        if (bytes.data())
            munmap(const_cast<std::byte*>(bytes.data()), bytes.size());
    }

    const Value* find(std::string_view key, bool isArray) const
    {
        const auto found = values.find(key);
        return found != values.end() && found->second.isArray == isArray ? &found->second : nullptr;
    }
    Error fail(Errc code, std::string detail) const { return {code, path.string(), std::move(detail)}; }
    Result<void> map();
    Result<void> parse();
    Result<void> parseTensors(Cursor& cursor, std::uint64_t count);
};

Result<void> GgufFile::Contents::map()
{
    struct stat status = {};
    if (stat(path.c_str(), &status) != 0)
        return fail(errno == ENOENT || errno == ENOTDIR ? Errc::NotFound : Errc::Unreadable, std::strerror(errno));
    if (!S_ISREG(status.st_mode))
        return fail(Errc::NotAFile, {});
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return fail(Errc::Unreadable, std::strerror(errno));
    const auto size = static_cast<std::size_t>(status.st_size);
    void* mapping = size ? mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0) : nullptr;
    const int mapError = errno;
    close(file);
    if (mapping == MAP_FAILED)
        return fail(Errc::Unreadable, std::strerror(mapError));
    bytes = {static_cast<const std::byte*>(mapping), size};
    return {};
}

Result<void> GgufFile::Contents::parse()
{
    if (bytes.size() < sizeof kMagic)
        return fail(Errc::NotGguf, "is shorter than four bytes");
    Cursor cursor(bytes);
    if (cursor.number<std::uint32_t>() != kMagic)
        return fail(Errc::NotGguf, "does not begin with GGUF");
    version = cursor.number<std::uint32_t>();
    if (!cursor.ranOut() && version != 2 && version != 3)
        return fail(Errc::UnsupportedVersion, "GGUF version " + std::to_string(version));
    const std::uint64_t tensorCount = cursor.number<std::uint64_t>();
    const std::uint64_t valueCount = cursor.number<std::uint64_t>();
    for (std::uint64_t n = 0; n < valueCount; ++n) {
        const std::string_view key = cursor.string();
        const std::optional<Value> value = readValue(cursor);
        if (cursor.ranOut())
            return fail(Errc::Truncated, "ends in its metadata");
        if (!value)
            return fail(Errc::BadMetadata, std::string(key) + " is of an unknown type");
        if (!values.emplace(key, *value).second)
            return fail(Errc::BadMetadata, std::string(key) + " stands there twice");
    }
    if (cursor.ranOut())
        return fail(Errc::Truncated, "ends in its header");
    return parseTensors(cursor, tensorCount);
}

Result<void> GgufFile::Contents::parseTensors(Cursor& cursor, std::uint64_t count)
{
    std::vector<std::uint64_t> offsets;
    for (std::uint64_t n = 0; n < count; ++n) {
        GgufTensor tensor;
        tensor.name = std::string(cursor.string());
        const std::uint32_t dimensions = cursor.number<std::uint32_t>();
        if (dimensions > kMaxDimensions)
            return fail(Errc::BadTensor, tensor.name + " has " + std::to_string(dimensions) + " dimensions");
        for (std::uint32_t d = 0; d < dimensions; ++d)
            tensor.shape.push_back(cursor.number<std::uint64_t>());
        tensor.type = static_cast<GgmlType>(cursor.number<std::uint32_t>());
        offsets.push_back(cursor.number<std::uint64_t>());
        if (cursor.ranOut())
            return fail(Errc::Truncated, "ends in its list of tensors");
        tensors.push_back(std::move(tensor));
    }

    std::uint64_t alignment = kDefaultAlignment;
    if (const Value* value = find("general.alignment", false)) {
        alignment = isInteger(value->type) ? static_cast<std::uint64_t>(integerAt(value->type, value->data.data())) : 0;
        if (alignment == 0 || alignment > (1u << 20) || (alignment & (alignment - 1)) != 0)
            return fail(Errc::BadMetadata, "general.alignment is not a power of two up to 2^20");
    }
    const std::uint64_t begin = (cursor.at() + alignment - 1) / alignment * alignment;
    const std::uint64_t dataSize = begin < bytes.size() ? bytes.size() - begin : 0;
    for (std::size_t n = 0; n < tensors.size(); ++n) {
        GgufTensor& tensor = tensors[n];
        const std::optional<BlockLayout> layout = blockLayout(tensor.type);
        if (!layout)
            return fail(Errc::UnsupportedType, tensor.name + " is of type " + std::to_string(static_cast<std::uint32_t>(tensor.type)));
        std::uint64_t elements = 1;
        for (const std::uint64_t extent : tensor.shape)
            if (__builtin_mul_overflow(elements, extent, &elements))
                return fail(Errc::BadTensor, tensor.name + " has an impossible shape");
        if (tensor.shape.empty() || tensor.shape[0] % layout->elements != 0)
            return fail(Errc::BadTensor, tensor.name + " does not divide into blocks of its type");
        std::uint64_t size = 0;
        if (__builtin_mul_overflow(elements / layout->elements, std::uint64_t{layout->bytes}, &size) || offsets[n] > dataSize
            || size > dataSize - offsets[n])
            return fail(Errc::Truncated, tensor.name + " reaches beyond the end");
        if (offsets[n] % alignment != 0)
            return fail(Errc::BadTensor, tensor.name + " is not aligned");
        tensor.data = bytes.subspan(begin + offsets[n], size);
        if (!tensorByName.emplace(tensor.name, n).second)
            return fail(Errc::BadTensor, tensor.name + " stands there twice");
    }
    return {};
}

GgufFile::GgufFile(std::unique_ptr<Contents> contents) : m_contents(std::move(contents)) {}
GgufFile::~GgufFile() = default;

Result<std::unique_ptr<const GgufFile>> GgufFile::open(const std::filesystem::path& path)
{
    auto contents = std::make_unique<Contents>();
    contents->path = path;
    if (const auto mapped = contents->map(); !mapped)
        return mapped.error();
    if (const auto parsed = contents->parse(); !parsed)
        return parsed.error();
    return std::unique_ptr<const GgufFile>(new GgufFile(std::move(contents)));
}

const std::filesystem::path& GgufFile::path() const { return m_contents->path; }
std::uint32_t GgufFile::version() const { return m_contents->version; }
std::uint64_t GgufFile::fileSize() const { return m_contents->bytes.size(); }
bool GgufFile::has(std::string_view key) const { return m_contents->values.contains(key); }
std::span<const GgufTensor> GgufFile::tensors() const { return m_contents->tensors; }

const GgufTensor* GgufFile::tensor(std::string_view name) const
{
    const auto found = m_contents->tensorByName.find(name);
    return found == m_contents->tensorByName.end() ? nullptr : &m_contents->tensors[found->second];
}

std::optional<std::uint64_t> GgufFile::unsignedValue(std::string_view key) const
{
    const Value* value = m_contents->find(key, false);
    if (!value || !isInteger(value->type))
        return std::nullopt;
    const std::int64_t number = integerAt(value->type, value->data.data());
    if (number < 0 && isSigned(value->type))
        return std::nullopt;
    return static_cast<std::uint64_t>(number);
}

std::optional<double> GgufFile::floatValue(std::string_view key) const
{
    const Value* value = m_contents->find(key, false);
    if (value && value->type == ValueType::F32)
        return valueAt<float>(value->data.data());
    if (value && value->type == ValueType::F64)
        return valueAt<double>(value->data.data());
    return std::nullopt;
}

std::optional<bool> GgufFile::boolValue(std::string_view key) const
{
    const Value* value = m_contents->find(key, false);
    return value && value->type == ValueType::Bool ? std::optional(value->data[0] != std::byte{0}) : std::nullopt;
}

std::optional<std::string_view> GgufFile::stringValue(std::string_view key) const
{
    const Value* value = m_contents->find(key, false);
    return value && value->type == ValueType::String ? std::optional(Cursor(value->data).string()) : std::nullopt;
}

std::optional<std::vector<std::string_view>> GgufFile::stringArray(std::string_view key) const
{
    const Value* value = m_contents->find(key, true);
    if (!value || value->type != ValueType::String)
        return std::nullopt;
    std::vector<std::string_view> strings;
    Cursor cursor(value->data);
    for (std::uint64_t n = 0; n < value->count; ++n)
        strings.push_back(cursor.string());
    return strings;
}

std::optional<std::vector<std::int64_t>> GgufFile::integerArray(std::string_view key) const
{
    const Value* value = m_contents->find(key, true);
    if (!value || !isInteger(value->type))
        return std::nullopt;
    std::vector<std::int64_t> numbers;
    for (std::uint64_t n = 0; n < value->count; ++n)
        numbers.push_back(integerAt(value->type, value->data.data() + n * sizeOf(value->type)));
    return numbers;
}

std::optional<std::vector<float>> GgufFile::floatArray(std::string_view key) const
{
    const Value* value = m_contents->find(key, true);
    if (!value || value->type != ValueType::F32)
        return std::nullopt;
    std::vector<float> numbers(value->count);
    if (!numbers.empty())
        std::memcpy(numbers.data(), value->data.data(), numbers.size() * sizeof(float));
    return numbers;
}

} // namespace octavo
