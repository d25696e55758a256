// SPDX-License-Identifier: Apache-2.0
#include "pdf/pdf_file.h"

#include <algorithm>
#include <array>
#include <map>

#include <poppler.h>

#include "pdf/pdf_picture.h"
#include "text/words.h"

namespace octavo::parsers {

namespace {

constexpr int kDeepestOutline = 32;
constexpr std::size_t kFewLines = 4;   // a page number and a running head are no text
constexpr std::size_t kMostBookmarks = 100'000;   // an outline may lead in circles

template <auto free>
struct Free {
    void operator()(auto* object) const { free(object); }
};
template <class T>
using Object = std::unique_ptr<T, Free<g_object_unref>>;
using Text = std::unique_ptr<char, Free<g_free>>;

std::string stringOf(char* text)
{
    const Text owner(text);
    return text ? std::string(text) : std::string();
}

// Letters that only look together, marks that only tell a renderer the direction, and characters that are no text.
void appendReadable(std::string& text, gunichar c)
{
    static constexpr std::array<const char*, 7> kLigatures{"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
    const bool direction = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F;
    if (c >= 0xFB00 && c <= 0xFB06) {
        text += kLigatures[c - 0xFB00];
    } else if (!direction && c >= 0x20 && c != 0x7F && !(c >= 0x80 && c < 0xA0)) {
        char bytes[6];
        text.append(bytes, std::size_t(g_unichar_to_utf8(c, bytes)));
    }
}

bool isTypewriter(std::string_view font)
{
    static constexpr std::array<std::string_view, 9> kNames{"mono", "courier", "typewriter", "consol", "menlo", "cmtt", "sftt", "fixed", "code"};
    return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view name) { return font.find(name) != std::string_view::npos; });
}

// ". . . . . . 12" and "......12" in tables of contents.
std::string withoutLeaders(const std::string& text)
{
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        int dots = 0;
        while (end < text.size() && (text[end] == '.' || (text[end] == ' ' && dots > 0)))
            dots += text[end++] == '.';
        if (dots > 4) {
            result += result.empty() || result.ends_with(' ') ? "\u2026 " : " \u2026 ";
            at = end;
        } else {
            result += text[at++];
        }
    }
    return std::string(trimmed(result));
}

// The lines of one page from what poppler tells of each of its characters.
class LineReader {
public:
    LineReader(PopplerPage* page, int number) : m_number(number)
    {
        const Text text(poppler_page_get_text(page));
        PopplerRectangle* boxes = nullptr;
        guint count = 0;
        poppler_page_get_text_layout(page, &boxes, &count);
        GList* attributes = poppler_page_get_text_attributes(page);
        read(text.get() ? text.get() : "", boxes, count, attributes);
        poppler_page_free_text_attributes(attributes);
        g_free(boxes);
    }

    std::vector<PdfLine> lines() && { return std::move(m_lines); }

private:
    void read(const char* text, const PopplerRectangle* boxes, guint count, const GList* attributes)
    {
        guint index = 0;
        for (const char* at = text; *at; at = g_utf8_next_char(at), ++index) {
            const gunichar c = g_utf8_get_char_validated(at, -1);
            while (attributes && static_cast<const PopplerTextAttributes*>(attributes->data)->end_index < int(index))
                attributes = attributes->next;
            if (c == '\n') {
                end();
                continue;
            }
            if (c > 0x10FFFF)
                break;   // not UTF-8; poppler never does so
            appendReadable(m_line.text, c);
            if (index < count && !g_unichar_isspace(c))
                meet(boxes[index], attributes ? static_cast<const PopplerTextAttributes*>(attributes->data) : nullptr);
        }
        end();
    }

    void meet(const PopplerRectangle& box, const PopplerTextAttributes* attributes)
    {
        m_left = std::min({m_left, box.x1, box.x2});
        m_right = std::max({m_right, box.x1, box.x2});
        m_top = std::min({m_top, box.y1, box.y2});
        m_bottom = std::max({m_bottom, box.y1, box.y2});
        ++m_letters;
        if (!attributes)
            return;
        ++m_sizes[attributes->font_size];
        const std::string font = lowerAscii(attributes->font_name ? attributes->font_name : "");
        m_typewriter += isTypewriter(font);
        m_bold += font.find("bold") != std::string::npos || font.find("black") != std::string::npos || font.find("heavy") != std::string::npos;
    }

    void end()
    {
        m_line.text = withoutLeaders(squeezed(m_line.text));
        if (!m_line.text.empty() && m_letters > 0) {
            m_line.box = {m_left, m_top, m_right - m_left, m_bottom - m_top};
            const auto most = std::max_element(m_sizes.begin(), m_sizes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
            m_line.size = most == m_sizes.end() ? m_line.box.height : most->first;
            m_line.bold = 2 * m_bold > m_letters;
            m_line.typewriter = m_typewriter == m_letters;
            m_line.page = m_number;
            m_lines.push_back(std::move(m_line));
        }
        m_line = {};
        m_sizes.clear();
        m_letters = m_bold = m_typewriter = 0;
        m_left = m_top = 1e9;
        m_right = m_bottom = -1e9;
    }

    int m_number;
    std::vector<PdfLine> m_lines;
    PdfLine m_line;
    std::map<double, int> m_sizes;   // letters of each size
    int m_letters = 0;
    int m_bold = 0;
    int m_typewriter = 0;
    double m_left = 1e9, m_right = -1e9, m_top = 1e9, m_bottom = -1e9;
};

int picturesOf(PopplerPage* page)
{
    GList* images = poppler_page_get_image_mapping(page);
    const auto count = int(g_list_length(images));
    poppler_page_free_image_mapping(images);
    return count;
}

} // namespace

struct PdfFile::Handle {
    Object<PopplerDocument> document;

    void collect(PopplerIndexIter* at, int level, std::vector<PdfBookmark>& bookmarks) const
    {
        do {
            if (bookmarks.size() >= kMostBookmarks)
                return;
            PopplerAction* action = poppler_index_iter_get_action(at);
            if (action)
                add(*action, level, bookmarks);
            poppler_action_free(action);
            PopplerIndexIter* child = level < kDeepestOutline ? poppler_index_iter_get_child(at) : nullptr;
            if (child) {
                collect(child, level + 1, bookmarks);
                poppler_index_iter_free(child);
            }
        } while (poppler_index_iter_next(at));
    }

    void add(const PopplerAction& action, int level, std::vector<PdfBookmark>& bookmarks) const
    {
        if (action.type != POPPLER_ACTION_GOTO_DEST || !action.goto_dest.dest || !action.any.title)
            return;
        const PopplerDest* dest = action.goto_dest.dest;
        PopplerDest* found = dest->type == POPPLER_DEST_NAMED && dest->named_dest ? poppler_document_find_dest(document.get(), dest->named_dest) : nullptr;
        const PopplerDest& place = found ? *found : *dest;
        if (place.page_num >= 1 && place.page_num <= poppler_document_get_n_pages(document.get())) {
            const Object<PopplerPage> page(poppler_document_get_page(document.get(), place.page_num - 1));
            double width = 0, height = 0;
            if (page)
                poppler_page_get_size(page.get(), &width, &height);
            const double top = place.change_top && place.top > 0 ? std::max(0.0, height - place.top) : 0;
            bookmarks.push_back({squeezed(action.any.title), level, place.page_num, top});
        }
        if (found)
            poppler_dest_free(found);
    }
};

PdfFile::PdfFile(std::unique_ptr<Handle> handle) : m_handle(std::move(handle)) {}
PdfFile::PdfFile(PdfFile&&) noexcept = default;
PdfFile::~PdfFile() = default;

Expected<PdfFile, Fault> PdfFile::open(std::string_view bytes)
{
    GBytes* data = g_bytes_new_static(bytes.data(), bytes.size());
    GError* error = nullptr;
    auto handle = std::make_unique<Handle>();
    handle->document.reset(poppler_document_new_from_bytes(data, nullptr, &error));
    g_bytes_unref(data);
    if (handle->document)
        return PdfFile(std::move(handle));
    const bool encrypted = error && error->domain == POPPLER_ERROR && error->code == POPPLER_ERROR_ENCRYPTED;
    g_clear_error(&error);
    return Fault{encrypted ? Fault::Kind::Encrypted : Fault::Kind::Damaged};
}

std::string PdfFile::title() const { return squeezed(stringOf(poppler_document_get_title(m_handle->document.get()))); }

int PdfFile::pageCount() const { return poppler_document_get_n_pages(m_handle->document.get()); }

PdfPage PdfFile::page(int number) const
{
    PdfPage page;
    const Object<PopplerPage> handle(poppler_document_get_page(m_handle->document.get(), number - 1));
    if (!handle)
        return page;
    poppler_page_get_size(handle.get(), &page.width, &page.height);
    page.label = stringOf(poppler_page_get_label(handle.get()));
    if (page.label == std::to_string(number))
        page.label.clear();
    page.lines = LineReader(handle.get(), number).lines();
    if (page.lines.size() < kFewLines)
        page.pictures = picturesOf(handle.get());
    return page;
}

std::array<double, 2> PdfFile::sizeOf(int number) const
{
    std::array<double, 2> size{};
    if (const Object<PopplerPage> page(poppler_document_get_page(m_handle->document.get(), number - 1)); page)
        poppler_page_get_size(page.get(), &size[0], &size[1]);
    return size;
}

Expected<std::string, Fault> PdfFile::pictureOf(int number, double dpi, bool inColor) const
{
    const bool isThere = number >= 1 && number <= pageCount();
    const Object<PopplerPage> page(isThere ? poppler_document_get_page(m_handle->document.get(), number - 1) : nullptr);
    if (!page)
        return Fault{Fault::Kind::Damaged, "no page " + std::to_string(number)};
    return drawPage(page.get(), dpi, inColor);
}

std::vector<PdfBookmark> PdfFile::bookmarks() const
{
    std::vector<PdfBookmark> bookmarks;
    if (PopplerIndexIter* at = poppler_index_iter_new(m_handle->document.get())) {
        m_handle->collect(at, 1, bookmarks);
        poppler_index_iter_free(at);
    }
    return bookmarks;
}

} // namespace octavo::parsers
