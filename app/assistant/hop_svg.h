// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>

#include "octavo/app/hop_view.h"

namespace octavo::app {

// Drawings of a hop view as SVG 1.1 that need nothing from outside; words stay text. Also fit to be put into an HTML page.
QByteArray pathSvg(const HopView& view);
QByteArray mapSvg(const HopView& view, const HopGrid& grid);

// For text between tags and in attributes of XML and HTML; line ends and control characters become visible signs.
QString markupText(const QString& text);

} // namespace octavo::app
