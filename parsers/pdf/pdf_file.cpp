// SPDX-License-Identifier: Apache-2.0
#include "pdf/pdf_file.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <poppler.h>

#include "pdf/pdf_picture.h"
#include "pdf/pdf_shown_page.h"
#include "pdf/right_to_left.h"
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

constexpr double kWordGap = 0.4;         // between letters, times their height: a space, if none is there

// How a letter stands to the one before it in poppler's line.
enum class Step { Next, Gap, OtherRow };

// Poppler writes one line of what stands far apart ("Preface" and the page number at the other end of the row), and even of a row and the beginning of another column.
Step stepTo(const Box& box, const Box& before)
{
    const double apart = box.x - before.x - before.width, height = std::max(box.height, before.height);
    const bool overlaps = box.y < before.y + before.height / 2 && before.y < box.y + box.height / 2;
    return overlaps ? (apart > kWordGap * height ? Step::Gap : Step::Next) : apart > height ? Step::OtherRow : Step::Next;
}

// The lines of a page whose letters all run from left to right, from what poppler tells of each of its characters.
std::vector<PdfLine> linesOf(PopplerPage* page, int number, const char* text)
{
    PdfLineMaker maker(number);
    PopplerRectangle* boxes = nullptr;
    guint count = 0, index = 0;
    poppler_page_get_text_layout(page, &boxes, &count);
    GList* const all = poppler_page_get_text_attributes(page);
    const GList* attributes = all;
    Box before{};                // of the last letter
    bool begins = true;          // a line
    for (const char* at = text; *at; at = g_utf8_next_char(at), ++index) {
        const gunichar c = g_utf8_get_char(at);
        while (attributes && static_cast<const PopplerTextAttributes*>(attributes->data)->end_index < int(index))
            attributes = attributes->next;
        if (c == '\n') {
            maker.end();
            begins = true;
            continue;
        }
        if (index >= count || g_unichar_isspace(c)) {
            maker.write(c);
            continue;
        }
        const PopplerRectangle& area = boxes[index];
        const Box box{std::min(area.x1, area.x2), std::min(area.y1, area.y2), std::abs(area.x2 - area.x1), std::abs(area.y2 - area.y1)};
        if (const Step step = begins ? Step::Next : stepTo(box, before); step == Step::OtherRow)
            maker.end();
        else if (step == Step::Gap)
            maker.write(' ');
        const auto* look = attributes ? static_cast<const PopplerTextAttributes*>(attributes->data) : nullptr;
        const PdfType type{look ? look->font_size : 0, look && look->font_name ? look->font_name : ""};
        maker.write(c);
        maker.meet(box, look ? &type : nullptr);
        before = box;
        begins = false;
    }
    maker.end();
    poppler_page_free_text_attributes(all);
    g_free(boxes);
    return std::move(maker).lines();
}

bool hasRightToLeft(std::string_view text)
{
    for (const char* at = text.data(); at < text.data() + text.size(); at = g_utf8_next_char(at)) {
        if (isRightToLeft(g_utf8_get_char(at)))
            return true;
    }
    return false;
}

// What poppler selects from the right upper corner on: on a page that it takes for one of right-to-left text, at least one whole line.
std::string fromTheRight(PopplerPage* page, double width, double height)
{
    PopplerRectangle area{width, 0, 0, height};
    return stringOf(poppler_page_get_text_for_area(page, &area));
}

int picturesOf(PopplerPage* page)
{
    GList* images = poppler_page_get_image_mapping(page);
    const auto count = int(g_list_length(images));
    poppler_page_free_image_mapping(images);
    return count;
}

} // namespace

struct PdfFile::Handle {
    std::string_view file;
    Object<PopplerDocument> document;
    std::optional<PdfShownPages> shown;   // opened once a page needs it

    const PdfShownPages& shownPages()
    {
        if (!shown)
            shown.emplace(file, std::string());
        return *shown;
    }

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
    handle->file = bytes;
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
    const std::string text = stringOf(poppler_page_get_text(handle.get()));
    if (hasRightToLeft(text) || hasRightToLeft(fromTheRight(handle.get(), page.width, page.height)))
        page.lines = m_handle->shownPages().lines(number);
    else
        page.lines = linesOf(handle.get(), number, text.c_str());
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
