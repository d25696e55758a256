// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <type_traits>

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QString>
#include <SQLiteCpp/SQLiteCpp.h>

namespace octavo::app {

// A prepared statement that takes and gives Qt's values. Values are always bound, never pasted into the SQL.
// Threads and lifetime: as its database. Throws SQLite::Exception; Library::read and Library::write turn that into a Failure.
class Query {
public:
    template <class... Values>
    Query(SQLite::Database& database, const char* sql, const Values&... values)
        : m_statement(database, sql)
    {
        bindAll(values...);
    }

    bool next() { return m_statement.executeStep(); }

    // For statements without rows.
    void run() { m_statement.exec(); }

    // Runs the statement once more with other values.
    template <class... Values>
    void runWith(const Values&... values)
    {
        m_statement.reset();
        bindAll(values...);
        m_statement.exec();
    }

    bool isNull(int column) { return m_statement.getColumn(column).isNull(); }
    qint64 number(int column) { return m_statement.getColumn(column).getInt64(); }
    QList<qint64> numbers()   // of the first column, all rows
    {
        QList<qint64> all;
        while (next())
            all.append(number(0));
        return all;
    }
    double real(int column) { return m_statement.getColumn(column).getDouble(); }
    QString text(int column) { return QString::fromStdString(m_statement.getColumn(column).getString()); }
    QDateTime time(int column) { return QDateTime::fromMSecsSinceEpoch(number(column)); }
    QByteArray blob(int column)
    {
        const SQLite::Column value = m_statement.getColumn(column);
        return {static_cast<const char*>(value.getBlob()), value.getBytes()};
    }

private:
    template <class... Values>
    void bindAll(const Values&... values)
    {
        [[maybe_unused]] int index = 0;
        (bind(++index, values), ...);
    }

    template <class Value>
    void bind(int index, const Value& value)
    {
        if constexpr (std::is_integral_v<Value> || std::is_enum_v<Value>)
            m_statement.bind(index, static_cast<std::int64_t>(value));
        else if constexpr (std::is_floating_point_v<Value>)
            m_statement.bind(index, static_cast<double>(value));
        else
            bindObject(index, value);
    }
    void bindObject(int index, const QString& value) { m_statement.bind(index, value.toStdString()); }
    void bindObject(int index, const QByteArray& value) { m_statement.bind(index, value.constData(), static_cast<int>(value.size())); }
    void bindObject(int index, const QDateTime& value) { m_statement.bind(index, static_cast<std::int64_t>(value.toMSecsSinceEpoch())); }
    void bindObject(int index, std::nullptr_t) { m_statement.bind(index); }
    template <class Value>
    void bindObject(int index, const std::optional<Value>& value)
    {
        if (value)
            bind(index, *value);
        else
            m_statement.bind(index);
    }

    SQLite::Statement m_statement;
};

// An id as a column that refers to another table has it.
// Thrown in the middle of many rows when a stop came; Library::write takes back what was written and tells it as Failure::Kind::Stopped.
struct StoppedAmongRows {};

inline std::optional<qint64> rowOrNull(qint64 id)
{
    return id == 0 ? std::nullopt : std::optional(id);
}

} // namespace octavo::app
