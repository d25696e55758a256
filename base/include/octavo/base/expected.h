// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <utility>
#include <variant>

namespace octavo {

template <class E>
struct Unexpected {
    E error;
};

// A value or the reason why there is none; C++20 has no std::expected, this is the part of it that Octavo uses.
// Every layer returns one for failures that a user can cause. Asking the wrong alternative is a bug and asserts.
// Threads and lifetime: as its alternatives.
template <class T, class E>
class [[nodiscard]] Expected {
public:
    using Value = T;

    Expected(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Expected(Unexpected<E> failure) : m_state(std::in_place_index<1>, std::move(failure.error)) {}
    Expected(E error) : m_state(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & { assert(ok()); return *std::get_if<0>(&m_state); }
    const T& value() const& { assert(ok()); return *std::get_if<0>(&m_state); }
    T&& value() && { assert(ok()); return std::move(*std::get_if<0>(&m_state)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const E& error() const { assert(!ok()); return *std::get_if<1>(&m_state); }

private:
    std::variant<T, E> m_state;
};

// Success without a value.
template <class E>
class [[nodiscard]] Expected<void, E> {
public:
    using Value = void;

    Expected() = default;
    Expected(Unexpected<E> failure) : m_error(std::move(failure.error)), m_failed(true) {}
    Expected(E error) : m_error(std::move(error)), m_failed(true) {}

    bool ok() const { return !m_failed; }
    explicit operator bool() const { return ok(); }
    const E& error() const { assert(m_failed); return m_error; }

private:
    E m_error{};
    bool m_failed = false;
};

} // namespace octavo
