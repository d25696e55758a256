// SPDX-License-Identifier: Apache-2.0
#include "library/content_hash.h"

#include <xxhash.h>

namespace octavo::app {

QString contentHash(const QByteArray& bytes)
{
    XXH128_canonical_t digits;
    XXH128_canonicalFromHash(&digits, XXH3_128bits(bytes.constData(), static_cast<std::size_t>(bytes.size())));
    return QString::fromLatin1(QByteArray(reinterpret_cast<const char*>(digits.digest), sizeof digits.digest).toHex());
}

} // namespace octavo::app
