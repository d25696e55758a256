// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace octavo::parsers {

// Replaces this process by Tesseract in the same sandbox: a picture is as foreign as any other file, and those who open it (libtiff, libwebp, …) have
// had their holes. `arguments` begin with the program's path and end with null. Returns an exit status if it cannot be run.
int becomeTesseract(char** arguments);

} // namespace octavo::parsers
