// SPDX-License-Identifier: Apache-2.0
#include "model/gguf.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <limits>
#include <system_error>
#include <type_traits>
#include <utility>

namespace octavo {

static_assert(std::endian::native == std::endian::little, "GGUF values are used as they stand in the file");

namespace {

constexpr std::string_view kMagic = "GGUF";
constexpr std::uint32_t kOldestVersion = 2;
constexpr std::uint32_t kNewestVersion = 3;
constexpr std::uint64_t kDefaultAlignment = 32;
constexpr std::uint32_t kMaxDimensions = 4;
// The least that one entry takes in the file; a count that the rest of the file cannot hold is refused before anything is reserved.
constexpr std::uint64_t kLeastKeyBytes = 8 + 4 + 1;
constexpr std::uint64_t kLeastTensorBytes = 8 + 4 + 8 + 4 + 8;

enum class ValueType : std::uint32_t {
    U8 = 0, I8 = 1, U16 = 2, I16 = 3, U32 = 4, I32 = 5, F32 = 6, Bool = 7, String = 8, Array = 9, U64 = 10, I64 = 11, F64 = 12,
};

// Bytes of one value; nothing for strings, arrays and unknown types.
std::optional<std::uint64_t> fixedWidth(ValueType type)
{
    switch (type) {
    case ValueType::U8: case ValueType::I8: case ValueType::Bool: return 1;
    case ValueType::U16: case ValueType::I16: return 2;
    case ValueType::U32: case ValueType::I32: case ValueType::F32: return 4;
    case ValueType::U64: case ValueType::I64: case ValueType::F64: return 8;
    case ValueType::String: case ValueType::Array: break;
    }
    return {};
}

template <class T>
T load(const std::byte* at)
{
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

// Reads forward through a file. The first read past the end fails all later ones too, so a run of reads needs one check.
class Cursor {
public:
    explicit Cursor(std::span<const std::byte> bytes) : m_bytes(bytes) {}

    std::uint64_t position() const { return m_position; }
    std::uint64_t remaining() const { return m_bytes.size() - m_position; }
    bool failed() const { return m_failed; }
    const std::byte* here() const { return m_bytes.data() + m_position; }

    std::span<const std::byte> take(std::uint64_t count)
    {
        if (m_failed || count > remaining()) {
            m_failed = true;
            return {};
        }
        const auto taken = m_bytes.subspan(m_position, count);
        m_position += count;
        return taken;
    }

    template <class T>
    T number()
    {
        const auto taken = take(sizeof(T));
        return taken.empty() ? T {} : load<T>(taken.data());
    }

    std::string_view string()
    {
        const auto taken = take(number<std::uint64_t>());
        return { reinterpret_cast<const char*>(taken.data()), taken.size() };
    }

private:
    std::span<const std::byte> m_bytes;
    std::uint64_t m_position = 0;
    bool m_failed = false;
};

// Where a key's value stands; it was walked once at opening, so later reads need no checks. For arrays `type` is that of the elements.
struct Value {
    ValueType type;
    bool isArray;
    std::uint64_t count;          // 1 for scalars
    const std::byte* payload;     // the first element
};

template <class T>
std::optional<T> integerAt(ValueType type, const std::byte* at)
{
    const auto fit = [](auto number) { return std::in_range<T>(number) ? std::optional<T>(static_cast<T>(number)) : std::nullopt; };
    switch (type) {
    case ValueType::U8: return fit(load<std::uint8_t>(at));
    case ValueType::I8: return fit(load<std::int8_t>(at));
    case ValueType::U16: return fit(load<std::uint16_t>(at));
    case ValueType::I16: return fit(load<std::int16_t>(at));
    case ValueType::U32: return fit(load<std::uint32_t>(at));
    case ValueType::I32: return fit(load<std::int32_t>(at));
    case ValueType::U64: return fit(load<std::uint64_t>(at));
    case ValueType::I64: return fit(load<std::int64_t>(at));
    default: return {};
    }
}

std::optional<double> floatAt(ValueType type, const std::byte* at)
{
    switch (type) {
    case ValueType::F32: return load<float>(at);
    case ValueType::F64: return load<double>(at);
    default: return {};
    }
}

std::string_view stringAt(const std::byte* at)
{
    return { reinterpret_cast<const char*>(at) + sizeof(std::uint64_t), load<std::uint64_t>(at) };
}

// A read-only mapping of a whole file.
class Mapping {
public:
    static Result<Mapping> open(const std::filesystem::path& path)
    {
        // Without O_NONBLOCK, opening a pipe would wait for its writer.
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (descriptor < 0)
            return systemError(path);
        Result<Mapping> mapping = map(path, descriptor);
        ::close(descriptor);
        return mapping;
    }

    Mapping() = default;
    Mapping(Mapping&& other) noexcept : m_bytes(std::exchange(other.m_bytes, {})) {}
    Mapping& operator=(Mapping&&) = delete;
    ~Mapping()
    {
        if (!m_bytes.empty())
            ::munmap(const_cast<std::byte*>(m_bytes.data()), m_bytes.size());
    }

    std::span<const std::byte> bytes() const { return m_bytes; }

private:
    explicit Mapping(std::span<const std::byte> bytes) : m_bytes(bytes) {}

    static Result<Mapping> map(const std::filesystem::path& path, int descriptor)
    {
        struct stat facts = {};
        if (::fstat(descriptor, &facts) != 0)
            return systemError(path);
        if (!S_ISREG(facts.st_mode))
            return Error { Errc::NotAFile, path.string(), "not a regular file" };
        const auto size = static_cast<std::size_t>(facts.st_size);
        if (size == 0)
            return Mapping();
        void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
        if (address == MAP_FAILED)
            return systemError(path);
        return Mapping({ static_cast<const std::byte*>(address), size });
    }

    static Error systemError(const std::filesystem::path& path)
    {
        const int number = errno;
        const Errc code = number == ENOENT || number == ENOTDIR ? Errc::NotFound : number == ENXIO ? Errc::NotAFile : Errc::Unreadable;
        return Error { code, path.string(), std::generic_category().message(number) };
    }

    std::span<const std::byte> m_bytes;
};

// Names come from the file and may be of any length.
std::string clipped(std::string_view name) { return std::string(name.substr(0, 200)); }

Error badMetadata(std::string_view key, std::string detail) { return { Errc::BadMetadata, clipped(key), std::move(detail) }; }
Error badTensor(std::string_view name, std::string detail) { return { Errc::BadTensor, clipped(name), std::move(detail) }; }

// Bytes of a tensor's data, or the reason why its shape is impossible.
Result<std::uint64_t> dataSize(const GgufTensor& tensor)
{
    const std::optional<BlockLayout> block = blockLayout(tensor.type);
    if (!block)
        return badTensor(tensor.name, "type " + std::to_string(static_cast<std::uint32_t>(tensor.type)));
    std::uint64_t elements = 1;
    for (std::uint64_t extent : tensor.shape) {
        if (extent == 0 || __builtin_mul_overflow(elements, extent, &elements))
            return badTensor(tensor.name, "extent " + std::to_string(extent));
    }
    if (tensor.shape.front() % block->elements != 0)
        return badTensor(tensor.name, std::to_string(tensor.shape.front()) + " columns, blocks of " + std::to_string(block->elements));
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(elements / block->elements, block->bytes, &bytes))
        return badTensor(tensor.name, "too large");
    return bytes;
}

} // namespace

struct GgufFile::Contents {
    Contents(std::filesystem::path name, Mapping mapped) : path(std::move(name)), mapping(std::move(mapped)), file(mapping.bytes()) {}
    Contents(std::filesystem::path name, std::span<const std::byte> memory) : path(std::move(name)), file(memory) {}

    Result<void> read();
    Error truncated(std::string detail, std::uint64_t needed, std::uint64_t room) const;
    Result<void> readHeader(Cursor& cursor);
    Result<void> readKeys(Cursor& cursor);
    Result<Value> readValue(Cursor& cursor, std::string_view key) const;
    Result<void> readTensors(Cursor& cursor);
    Result<void> placeTensors(const std::vector<std::uint64_t>& offsets, std::uint64_t tablesEnd);
    Result<void> checkApart() const;
    Result<std::uint64_t> alignment() const;

    const Value* scalar(std::string_view key) const;
    const Value* array(std::string_view key) const;

    std::filesystem::path path;
    Mapping mapping;                                                 // empty where the caller owns the bytes
    std::span<const std::byte> file;                                 // the whole of it
    std::uint32_t version = 0;
    std::uint64_t tensorCount = 0;
    std::uint64_t keyCount = 0;
    std::unordered_map<std::string_view, Value> values;              // keys are views into the bytes
    std::vector<GgufTensor> tensors;
    std::unordered_map<std::string_view, std::size_t> tensorIndices; // keys are the names in `tensors`
};

Error GgufFile::Contents::truncated(std::string detail, std::uint64_t needed, std::uint64_t room) const
{
    return { Errc::Truncated, path.string(), std::move(detail), needed, room };
}

Result<void> GgufFile::Contents::read()
{
    Cursor cursor(file);
    if (auto done = readHeader(cursor); !done)
        return done;
    if (auto done = readKeys(cursor); !done)
        return done;
    return readTensors(cursor);
}

Result<void> GgufFile::Contents::readHeader(Cursor& cursor)
{
    const std::string_view begin(reinterpret_cast<const char*>(file.data()), std::min<std::size_t>(file.size(), kMagic.size()));
    if (begin != kMagic.substr(0, begin.size()))
        return Error { Errc::NotGguf, path.string(), "no GGUF magic" };
    cursor.take(kMagic.size());
    version = cursor.number<std::uint32_t>();
    if (cursor.failed())
        return truncated("header", 8, file.size());
    if (version < kOldestVersion || version > kNewestVersion)
        return Error { Errc::UnsupportedVersion, path.string(), "GGUF version " + std::to_string(version) };
    tensorCount = cursor.number<std::uint64_t>();
    keyCount = cursor.number<std::uint64_t>();
    if (cursor.failed())
        return truncated("header", 24, file.size());
    return {};
}

Result<void> GgufFile::Contents::readKeys(Cursor& cursor)
{
    if (keyCount > cursor.remaining() / kLeastKeyBytes)
        return truncated("number of keys", keyCount, cursor.remaining() / kLeastKeyBytes);
    for (std::uint64_t n = 0; n < keyCount; ++n) {
        const std::string_view key = cursor.string();
        auto value = readValue(cursor, key);
        if (cursor.failed())
            return truncated("key " + std::to_string(n) + " of " + std::to_string(keyCount), 0, 0);
        if (!value)
            return value.error();
        if (!values.emplace(key, *value).second)
            return badMetadata(key, "occurs twice");
    }
    return {};
}

// A failed cursor is the caller's to report.
Result<Value> GgufFile::Contents::readValue(Cursor& cursor, std::string_view key) const
{
    Value value { static_cast<ValueType>(cursor.number<std::uint32_t>()), false, 1, nullptr };
    if (value.type == ValueType::Array) {
        value.isArray = true;
        value.type = static_cast<ValueType>(cursor.number<std::uint32_t>());
        value.count = cursor.number<std::uint64_t>();
    }
    value.payload = cursor.here();
    if (value.type == ValueType::String) {
        for (std::uint64_t n = 0; n < value.count && !cursor.failed(); ++n)
            cursor.string();
        return value;
    }
    const std::optional<std::uint64_t> width = fixedWidth(value.type);
    if (!width)
        return badMetadata(key, "value type " + std::to_string(static_cast<std::uint32_t>(value.type)));
    std::uint64_t bytes = 0;
    cursor.take(__builtin_mul_overflow(value.count, *width, &bytes) ? std::numeric_limits<std::uint64_t>::max() : bytes);
    return value;
}

Result<std::uint64_t> GgufFile::Contents::alignment() const
{
    constexpr std::string_view kKey = "general.alignment";
    if (!values.contains(kKey))
        return kDefaultAlignment;
    const Value* value = scalar(kKey);
    const auto bytes = value ? integerAt<std::uint64_t>(value->type, value->payload) : std::nullopt;
    if (!bytes || !std::has_single_bit(*bytes))
        return badMetadata(kKey, "not a power of two");
    return *bytes;
}

Result<void> GgufFile::Contents::readTensors(Cursor& cursor)
{
    if (tensorCount > cursor.remaining() / kLeastTensorBytes)
        return truncated("number of tensors", tensorCount, cursor.remaining() / kLeastTensorBytes);
    tensors.reserve(tensorCount);   // exact, so the names' views in tensorIndices stay where they are
    std::vector<std::uint64_t> offsets;
    offsets.reserve(tensorCount);
    for (std::uint64_t n = 0; n < tensorCount; ++n) {
        const std::string_view name = cursor.string();
        const auto dimensions = cursor.number<std::uint32_t>();
        if (!cursor.failed() && (dimensions == 0 || dimensions > kMaxDimensions))
            return badTensor(name, std::to_string(dimensions) + " dimensions");
        std::vector<std::uint64_t> shape(cursor.failed() ? 0 : dimensions);
        for (std::uint64_t& extent : shape)
            extent = cursor.number<std::uint64_t>();
        const auto type = static_cast<GgmlType>(cursor.number<std::uint32_t>());
        offsets.push_back(cursor.number<std::uint64_t>());
        if (cursor.failed())
            return truncated("tensor " + std::to_string(n) + " of " + std::to_string(tensorCount), 0, 0);
        tensors.push_back({ std::string(name), type, std::move(shape), {} });
        if (!tensorIndices.emplace(tensors.back().name, n).second)
            return badTensor(name, "occurs twice");
    }
    return placeTensors(offsets, cursor.position());
}

Result<void> GgufFile::Contents::placeTensors(const std::vector<std::uint64_t>& offsets, std::uint64_t tablesEnd)
{
    const auto aligned = alignment();
    if (!aligned)
        return aligned.error();
    const std::uint64_t padding = (*aligned - tablesEnd % *aligned) % *aligned;
    // The padding may be missing where no data follows.
    const auto data = padding <= file.size() - tablesEnd ? file.subspan(tablesEnd + padding) : std::span<const std::byte> {};
    for (std::size_t n = 0; n < tensors.size(); ++n) {
        GgufTensor& tensor = tensors[n];
        const auto bytes = dataSize(tensor);
        if (!bytes)
            return bytes.error();
        if (offsets[n] % *aligned != 0)
            return badTensor(tensor.name, "offset " + std::to_string(offsets[n]) + " is not aligned");
        if (offsets[n] > data.size() || *bytes > data.size() - offsets[n])
            return truncated("data of " + clipped(tensor.name), *bytes, offsets[n] > data.size() ? 0 : data.size() - offsets[n]);
        tensor.data = data.subspan(offsets[n], *bytes);
    }
    return checkApart();
}

// Tensors that share data would let a small file describe a large model: a thousand layers of one and the same bytes.
Result<void> GgufFile::Contents::checkApart() const
{
    std::vector<const GgufTensor*> inOrder;
    inOrder.reserve(tensors.size());
    for (const GgufTensor& tensor : tensors)
        inOrder.push_back(&tensor);
    std::ranges::sort(inOrder, {}, [](const GgufTensor* tensor) { return tensor->data.data(); });
    for (std::size_t n = 1; n < inOrder.size(); ++n) {
        if (inOrder[n]->data.data() < inOrder[n - 1]->data.data() + inOrder[n - 1]->data.size())
            return badTensor(inOrder[n]->name, "shares data with " + clipped(inOrder[n - 1]->name));
    }
    return {};
}

const Value* GgufFile::Contents::scalar(std::string_view key) const
{
    const auto found = values.find(key);
    return found == values.end() || found->second.isArray ? nullptr : &found->second;
}

const Value* GgufFile::Contents::array(std::string_view key) const
{
    const auto found = values.find(key);
    return found == values.end() || !found->second.isArray ? nullptr : &found->second;
}

Result<std::unique_ptr<const GgufFile>> GgufFile::open(const std::filesystem::path& path)
{
    auto mapping = Mapping::open(path);
    if (!mapping)
        return mapping.error();
    return read(std::make_unique<Contents>(path, std::move(*mapping)));
}

Result<std::unique_ptr<const GgufFile>> GgufFile::parse(std::span<const std::byte> bytes)
{
    return read(std::make_unique<Contents>("memory", bytes));
}

Result<std::unique_ptr<const GgufFile>> GgufFile::read(std::unique_ptr<Contents> contents)
{
    if (auto done = contents->read(); !done)
        return done.error();
    return std::unique_ptr<const GgufFile>(new GgufFile(std::move(contents)));
}

GgufFile::GgufFile(std::unique_ptr<Contents> contents) : m_contents(std::move(contents)) {}
GgufFile::~GgufFile() = default;

const std::filesystem::path& GgufFile::path() const { return m_contents->path; }
std::uint32_t GgufFile::version() const { return m_contents->version; }
std::uint64_t GgufFile::fileSize() const { return m_contents->file.size(); }

std::vector<std::string_view> GgufFile::keys() const
{
    std::vector<std::string_view> keys;
    keys.reserve(m_contents->values.size());
    for (const auto& [key, value] : m_contents->values)
        keys.push_back(key);
    return keys;
}

bool GgufFile::has(std::string_view key) const { return m_contents->values.contains(key); }

std::optional<std::uint64_t> GgufFile::unsignedValue(std::string_view key) const
{
    const Value* value = m_contents->scalar(key);
    return value ? integerAt<std::uint64_t>(value->type, value->payload) : std::nullopt;
}

std::optional<double> GgufFile::floatValue(std::string_view key) const
{
    const Value* value = m_contents->scalar(key);
    return value ? floatAt(value->type, value->payload) : std::nullopt;
}

std::optional<bool> GgufFile::boolValue(std::string_view key) const
{
    const Value* value = m_contents->scalar(key);
    if (!value || value->type != ValueType::Bool)
        return {};
    return load<std::uint8_t>(value->payload) != 0;
}

std::optional<std::string_view> GgufFile::stringValue(std::string_view key) const
{
    const Value* value = m_contents->scalar(key);
    if (!value || value->type != ValueType::String)
        return {};
    return stringAt(value->payload);
}

std::optional<std::vector<std::string_view>> GgufFile::stringArray(std::string_view key) const
{
    const Value* value = m_contents->array(key);
    if (!value || value->type != ValueType::String)
        return {};
    std::vector<std::string_view> strings(value->count);
    const std::byte* at = value->payload;
    for (std::string_view& string : strings) {
        string = stringAt(at);
        at += sizeof(std::uint64_t) + string.size();
    }
    return strings;
}

std::optional<std::vector<std::int64_t>> GgufFile::integerArray(std::string_view key) const
{
    const Value* value = m_contents->array(key);
    const auto width = value ? fixedWidth(value->type) : std::nullopt;
    if (!width)
        return {};
    std::vector<std::int64_t> numbers(value->count);
    for (std::uint64_t n = 0; n < value->count; ++n) {
        const auto number = integerAt<std::int64_t>(value->type, value->payload + n * *width);
        if (!number)
            return {};
        numbers[n] = *number;
    }
    return numbers;
}

std::optional<std::vector<float>> GgufFile::floatArray(std::string_view key) const
{
    const Value* value = m_contents->array(key);
    if (!value || (value->type != ValueType::F32 && value->type != ValueType::F64))
        return {};
    const std::uint64_t width = *fixedWidth(value->type);
    std::vector<float> numbers(value->count);
    for (std::uint64_t n = 0; n < value->count; ++n)
        numbers[n] = static_cast<float>(*floatAt(value->type, value->payload + n * width));
    return numbers;
}

const GgufTensor* GgufFile::tensor(std::string_view name) const
{
    const auto found = m_contents->tensorIndices.find(name);
    return found == m_contents->tensorIndices.end() ? nullptr : &m_contents->tensors[found->second];
}

std::span<const GgufTensor> GgufFile::tensors() const { return m_contents->tensors; }

} // namespace octavo
