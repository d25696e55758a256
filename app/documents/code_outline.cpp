// SPDX-License-Identifier: Apache-2.0
#include "documents/code_outline.h"

#include <algorithm>

#include <QHash>
#include <QSet>

#include "documents/code_lines.h"

namespace octavo::app {

namespace {

// Shorter definitions are no parts: passages end where parts do, so each would be a passage of its own, of a line or two.
constexpr qint64 kShortestPart = 400;
// Less text than this between two parts, or at an end of the part around them, goes with its neighbour, for the same reason.
constexpr qint64 kShortestBetween = 200;
constexpr int kDeepestCode = 6;          // functions in functions in classes …
constexpr qsizetype kLongestTitle = 80;
constexpr qsizetype kLongestLook = 300;  // bytes of a line

enum class Role { None, Function, Class, Namespace };

Role roleOf(const CodeTag& tag)
{
    static const QSet<QString> functions{"function", "func", "method", "singletonMethod", "subroutine", "procedure", "constructor",
                                         "subprogram", "generator", "getter", "setter", "task"};
    static const QSet<QString> classes{"class", "struct", "union", "interface", "trait", "enum", "protocol", "implementation",
                                       "record", "mixin", "message", "service", "entity", "architecture"};
    static const QSet<QString> namespaces{"namespace", "module", "package"};
    if (functions.contains(tag.kind))
        return Role::Function;
    if (classes.contains(tag.kind))
        return Role::Class;
    if (namespaces.contains(tag.kind))
        return Role::Namespace;
    // Kinds that elsewhere are data.
    if (tag.kind == QLatin1String("member") && tag.language == QLatin1String("Python"))
        return Role::Function;
    const bool isObject = tag.language == QLatin1String("Scala") || tag.language == QLatin1String("Kotlin");
    return tag.kind == QLatin1String("object") && isObject ? Role::Class : Role::None;
}

// const run = (a) => { … }; older versions of ctags call it a constant.
bool isArrowFunction(const CodeTag& tag, QByteArrayView line)
{
    const bool isScript = tag.language == QLatin1String("JavaScript") || tag.language == QLatin1String("TypeScript");
    const bool isValue = tag.kind == QLatin1String("constant") || tag.kind == QLatin1String("variable");
    return isScript && isValue && (line.contains("=>") || line.contains("function"));
}

bool isNameless(const QString& name)
{
    return name.isEmpty() || name.startsWith(QLatin1String("__anon")) || name.startsWith(QLatin1String("Anonymous"))
           || name.startsWith(QLatin1String("anonymous"));
}

QString lastOf(const QString& scope)
{
    const qsizetype colons = scope.lastIndexOf(QLatin1String("::"));
    const qsizetype dot = scope.lastIndexOf('.');
    return scope.mid(std::max(colons + (colons < 0 ? 1 : 2), dot + 1));
}

bool isClassKind(const QString& kind) { return roleOf({{}, kind, {}, {}, {}, {}}) == Role::Class; }

QString functionTitle(const CodeTag& tag)
{
    static const QSet<QString> withColons{"C++", "CUDA", "Rust", "PHP", "Perl"};
    const QString scope = lastOf(tag.scope);
    if (isClassKind(tag.scopeKind) && !isNameless(scope))
        return scope + (withColons.contains(tag.language) ? QStringLiteral("::") : QStringLiteral(".")) + tag.name;
    // TEST(Suite, Case): many of them have one name.
    const bool isMacro = !tag.signature.isEmpty()
                         && std::all_of(tag.name.begin(), tag.name.end(), [](QChar c) { return c.isUpper() || c.isDigit() || c == '_'; });
    return isMacro ? tag.name + QString(tag.signature).replace(',', QLatin1String(", ")).simplified() : tag.name;
}

QString titleOf(const CodeTag& tag, Role role, QByteArrayView line)
{
    if (role == Role::Function)
        return functionTitle(tag);
    if (tag.kind == QLatin1String("implementation"))   // impl Trait for Type: the name alone is that of the type
        return QString::fromUtf8(line.first(std::find(line.begin(), line.end(), '{') - line.begin())).simplified();
    const bool isTrait = tag.language == QLatin1String("Rust") && tag.kind == QLatin1String("interface");
    return (isTrait ? QStringLiteral("trait") : tag.kind) + ' ' + tag.name;
}

struct Definition {
    QString title;
    Role role = Role::None;
    ByteRange bytes;
};

// Covering most of a file, a namespace tells no more than that.
bool isWholeFile(const Definition& definition, QByteArrayView text)
{
    return definition.role == Role::Namespace && definition.bytes.size() * 4 > text.size() * 3;
}

// Where definitions that begin in a line begin and end. A line may have thousands, each of which would look at the same lines.
class Extents {
public:
    explicit Extents(const CodeLines& lines) : m_lines(lines) {}

    ByteRange of(const CodeTag& tag)
    {
        static const QSet<QString> cLike{"C", "C++", "CUDA", "ObjectiveC"};
        const qint64 line = tag.line - 1;
        if (!m_firsts.contains(line))
            m_firsts.insert(line, m_lines.firstOf(line, cLike.contains(tag.language)));
        if (tag.end < tag.line && !m_behinds.contains(line))
            m_behinds.insert(line, m_lines.behindBlockAt(line));
        const qint64 behind = tag.end < tag.line ? m_behinds.value(line) : std::min(tag.end, m_lines.count());
        return {m_lines.begin(m_firsts.value(line)), m_lines.begin(m_lines.behindBlank(behind))};
    }

private:
    const CodeLines& m_lines;
    QHash<qint64, qint64> m_firsts;
    QHash<qint64, qint64> m_behinds;
};

std::vector<Definition> definitionsOf(QByteArrayView text, const CodeLines& lines, const std::vector<CodeTag>& tags)
{
    std::vector<Definition> definitions;
    Extents extents(lines);
    for (const CodeTag& tag : tags) {
        if (tag.line < 1 || tag.line > lines.count() || isNameless(tag.name))
            continue;
        const QByteArrayView whole = lines.at(tag.line - 1);
        const QByteArrayView line = whole.first(std::min(whole.size(), kLongestLook));
        const Role role = isArrowFunction(tag, line) ? Role::Function : roleOf(tag);
        if (role == Role::None)
            continue;
        Definition definition{titleOf(tag, role, line).left(kLongestTitle), role, extents.of(tag)};
        if (!isWholeFile(definition, text))
            definitions.push_back(std::move(definition));
    }
    std::stable_sort(definitions.begin(), definitions.end(), [](const Definition& a, const Definition& b) {
        return a.bytes.begin != b.bytes.begin ? a.bytes.begin < b.bytes.begin : a.bytes.end > b.bytes.end;
    });
    return definitions;
}

// Parts inside `room` from definition `at` on; `at` ends behind them. Wrong ends are cut where the part around or the next one is.
QList<Part> nested(const std::vector<Definition>& definitions, size_t& at, ByteRange room, int depth)
{
    QList<Part> parts;
    qint64 before = room.begin;   // end of the last part
    while (at < definitions.size() && definitions[at].bytes.begin < room.end) {
        const Definition& own = definitions[at++];
        const ByteRange bytes{std::max(own.bytes.begin, before), std::min(own.bytes.end, room.end)};
        if (depth == kDeepestCode || bytes.size() < kShortestPart)
            continue;
        Part part{own.title, own.role == Role::Function ? PartKind::Function : PartKind::Class, bytes, {}};
        part.parts = nested(definitions, at, bytes, depth + 1);
        before = bytes.end;
        parts.append(part);
    }
    return parts;
}

// Whether the text there can go with its neighbour. A function must not pass for the one beside it.
bool isFiller(ByteRange gap, const std::vector<Definition>& definitions)
{
    const auto next = std::lower_bound(definitions.begin(), definitions.end(), gap.begin,
                                       [](const Definition& definition, qint64 at) { return definition.bytes.begin < at; });
    const auto isFunction = [](const Definition& definition) { return definition.role == Role::Function; };
    const auto behind = std::find_if(next, definitions.end(), [&](const Definition& definition) { return definition.bytes.begin >= gap.end; });
    return gap.size() < kShortestBetween && std::none_of(next, behind, isFunction);
}

void closeGaps(QList<Part>& parts, ByteRange room, const std::vector<Definition>& definitions)
{
    qint64 before = room.begin;
    for (Part& part : parts) {
        if (isFiller({before, part.bytes.begin}, definitions))
            part.bytes.begin = before;
        closeGaps(part.parts, part.bytes, definitions);
        before = part.bytes.end;
    }
    if (!parts.isEmpty() && isFiller({before, room.end}, definitions)) {
        parts.back().bytes.end = room.end;
        closeGaps(parts.back().parts, parts.back().bytes, definitions);
    }
}

} // namespace

QList<Part> codeParts(QByteArrayView text, const std::vector<CodeTag>& tags)
{
    if (tags.empty())
        return {};
    const CodeLines lines(text);
    const std::vector<Definition> definitions = definitionsOf(text, lines, tags);
    size_t at = 0;
    QList<Part> parts = nested(definitions, at, {0, text.size()}, 0);
    closeGaps(parts, {0, text.size()}, definitions);
    return parts;
}

} // namespace octavo::app
