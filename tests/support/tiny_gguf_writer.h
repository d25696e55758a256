// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace octavo::test {

// ggml's numbers of the types that tests write; written down here a second time, so that a wrong number in the reader shows.
enum class TensorType : std::uint32_t {
    F32 = 0, F16 = 1, Q4_0 = 2, Q4_1 = 3, Q5_0 = 6, Q5_1 = 7, Q8_0 = 8, Q2_K = 10, Q3_K = 11, Q4_K = 12, Q5_K = 13, Q6_K = 14, IQ4_NL = 20,
    IQ4_XS = 23, BF16 = 30,
};

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;

// Builds a small GGUF file in memory. Values and tensors keep the order in which they were first set; setting one again replaces it.
//
//   GgufWriter writer;
//   writer.set("general.architecture", "llama");
//   writer.set("llama.context_length", std::uint32_t { 512 });
//   writer.setTensor("output_norm.weight", TensorType::F32, { 64 }, bytes);
//   writer.write(path);
class GgufWriter {
public:
    static constexpr std::uint64_t kAlignment = 32;

    std::uint32_t version = 3;

    // Strings, bool, integers (by their own width), float, double, and vectors of all but bool.
    template <class T>
    void set(std::string_view key, const T& value)
    {
        std::string encoded;
        if constexpr (kIsVector<T>) {
            append(encoded, kArray);
            append(encoded, typeNumber<typename T::value_type>());
            append(encoded, static_cast<std::uint64_t>(value.size()));
            for (const auto& element : value)
                appendValue(encoded, element);
        } else {
            append(encoded, typeNumber<T>());
            appendValue(encoded, value);
        }
        setRaw(key, std::move(encoded));
    }

    // A value as it stands in the file, type number first; for files that are wrong on purpose.
    void setRaw(std::string_view key, std::string encoded) { replace(m_values, Value { std::string(key), std::move(encoded) }); }

    // `shape` fastest dimension first.
    void setTensor(std::string_view name, TensorType type, std::vector<std::uint64_t> shape, std::string data)
    {
        replace(m_tensors, Tensor { std::string(name), static_cast<std::uint32_t>(type), std::move(shape), std::move(data) });
    }

    void remove(std::string_view key) { std::erase_if(m_values, [key](const Value& value) { return value.name == key; }); }
    void removeTensor(std::string_view name) { std::erase_if(m_tensors, [name](const Tensor& tensor) { return tensor.name == name; }); }

    // Bytes before the tensors' data.
    std::string header() const
    {
        std::string file = "GGUF";
        append(file, version);
        append(file, static_cast<std::uint64_t>(m_tensors.size()));
        append(file, static_cast<std::uint64_t>(m_values.size()));
        for (const Value& value : m_values) {
            appendString(file, value.name);
            file += value.encoded;
        }
        std::uint64_t offset = 0;
        for (const Tensor& tensor : m_tensors) {
            appendString(file, tensor.name);
            append(file, static_cast<std::uint32_t>(tensor.shape.size()));
            for (std::uint64_t extent : tensor.shape)
                append(file, extent);
            append(file, tensor.type);
            append(file, offset);
            offset += padded(tensor.data.size());
        }
        file.resize(padded(file.size()));
        return file;
    }

    std::string bytes() const
    {
        std::string file = header();
        for (const Tensor& tensor : m_tensors) {
            file += tensor.data;
            file.resize(padded(file.size()));
        }
        return file;
    }

    void write(const std::filesystem::path& path) const { writeBytes(path, bytes()); }

    static void writeBytes(const std::filesystem::path& path, std::string_view bytes)
    {
        std::ofstream out(path, std::ios::binary);
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        if (!out.flush())
            throw std::runtime_error("cannot write " + path.string());
    }

    template <class T>
    static void append(std::string& out, T number)
    {
        static_assert(std::is_arithmetic_v<T>);
        char raw[sizeof number];
        std::memcpy(raw, &number, sizeof number);
        out.append(raw, sizeof number);
    }

    static void appendString(std::string& out, std::string_view text)
    {
        append(out, static_cast<std::uint64_t>(text.size()));
        out += text;
    }

private:
    struct Value {
        std::string name;
        std::string encoded;
    };

    struct Tensor {
        std::string name;
        std::uint32_t type;
        std::vector<std::uint64_t> shape;
        std::string data;
    };

    static constexpr std::uint32_t kArray = 9;

    template <class T>
    static constexpr std::uint32_t typeNumber()
    {
        if constexpr (std::is_same_v<T, bool>)
            return 7;
        else if constexpr (std::is_convertible_v<T, std::string_view>)
            return 8;
        else if constexpr (std::is_floating_point_v<T>)
            return sizeof(T) == 4 ? 6 : 12;
        else if constexpr (sizeof(T) == 8)
            return std::is_signed_v<T> ? 11 : 10;
        else
            return (sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 2 : 4) + (std::is_signed_v<T> ? 1 : 0);
    }

    template <class T>
    static void appendValue(std::string& out, const T& value)
    {
        if constexpr (std::is_convertible_v<T, std::string_view>)
            appendString(out, value);
        else
            append(out, value);
    }

    template <class T>
    static void replace(std::vector<T>& list, T item)
    {
        for (T& old : list) {
            if (old.name == item.name) {
                old = std::move(item);
                return;
            }
        }
        list.push_back(std::move(item));
    }

    static std::uint64_t padded(std::uint64_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

    std::vector<Value> m_values;
    std::vector<Tensor> m_tensors;
};

} // namespace octavo::test
