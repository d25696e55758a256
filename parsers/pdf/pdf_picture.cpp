// SPDX-License-Identifier: Apache-2.0
#include "pdf/pdf_picture.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include <cairo.h>
#include <poppler.h>

#include "octavo/parsers/protocol.h"

namespace octavo::parsers {

namespace {

constexpr double kPointsPerInch = 72;
constexpr double kLongestSide = 32'000;   // cairo's own limit is 32,767

double scaleFor(double width, double height, double dpi)
{
    const double byArea = std::sqrt(kMostPixels / (width * height));
    return std::min({dpi / kPointsPerInch, byArea, kLongestSide / std::max(width, height)});
}

// What the eye makes of the colours (Rec. 601), in whole numbers.
unsigned char greyOf(std::uint32_t pixel)
{
    const std::uint32_t red = (pixel >> 16) & 0xFF, green = (pixel >> 8) & 0xFF, blue = pixel & 0xFF;
    return static_cast<unsigned char>((299 * red + 587 * green + 114 * blue + 500) / 1000);
}

std::string netpbmOf(cairo_surface_t* surface, int width, int height, bool inColor)
{
    cairo_surface_flush(surface);
    const unsigned char* const pixels = cairo_image_surface_get_data(surface);
    const auto stride = std::size_t(cairo_image_surface_get_stride(surface));
    std::string file = (inColor ? "P6\n" : "P5\n") + std::to_string(width) + ' ' + std::to_string(height) + "\n255\n";
    file.reserve(file.size() + std::size_t(width) * std::size_t(height) * (inColor ? 3 : 1));
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            std::uint32_t pixel = 0;
            std::memcpy(&pixel, pixels + std::size_t(y) * stride + 4 * std::size_t(x), sizeof pixel);
            if (!inColor) {
                file += static_cast<char>(greyOf(pixel));
                continue;
            }
            for (const int shift : {16, 8, 0})
                file += static_cast<char>(pixel >> shift);
        }
    }
    return file;
}

} // namespace

Expected<std::string, Fault> drawPage(PopplerPage* page, double dpi, bool inColor)
{
    double width = 0, height = 0;
    poppler_page_get_size(page, &width, &height);
    if (!(width > 0 && height > 0 && dpi > 0))
        return Fault{Fault::Kind::Damaged, "a page without size"};
    const double scale = scaleFor(width, height, dpi);
    const int rows = std::max(1, int(std::lround(height * scale)));
    const int columns = std::clamp(int(std::lround(width * scale)), 1, int(kMostPixels / rows));   // rounded up both might be a little too much
    const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, columns, rows),
                                                                                     cairo_surface_destroy);
    const std::unique_ptr<cairo_t, decltype(&cairo_destroy)> cairo(cairo_create(surface.get()), cairo_destroy);
    cairo_set_source_rgb(cairo.get(), 1, 1, 1);
    cairo_paint(cairo.get());
    cairo_scale(cairo.get(), columns / width, rows / height);
    poppler_page_render(page, cairo.get());
    if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS)
        return Fault{Fault::Kind::TooLarge, "a page too large to be drawn"};
    return netpbmOf(surface.get(), columns, rows, inColor);
}

} // namespace octavo::parsers
