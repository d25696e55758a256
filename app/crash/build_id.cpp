// SPDX-License-Identifier: Apache-2.0
#include "crash/build_id.h"

#include <cstring>
#include <elf.h>
#include <link.h>

namespace octavo::app {

namespace {

constexpr std::size_t aligned(std::size_t size) { return (size + 3) / 4 * 4; }   // as notes are

QByteArray buildIdIn(const char* notes, std::size_t size)
{
    for (std::size_t at = 0; at + sizeof(ElfW(Nhdr)) <= size;) {
        ElfW(Nhdr) note{};
        std::memcpy(&note, notes + at, sizeof note);
        const std::size_t name = at + sizeof note, value = name + aligned(note.n_namesz);
        at = value + aligned(note.n_descsz);
        if (at <= size && note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof ELF_NOTE_GNU
            && std::memcmp(notes + name, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0)
            return QByteArray(notes + value, static_cast<qsizetype>(note.n_descsz)).toHex();
    }
    return {};
}

int lookInProgram(dl_phdr_info* module, std::size_t, void* found)
{
    for (int n = 0; n < module->dlpi_phnum; ++n) {
        const ElfW(Phdr)& segment = module->dlpi_phdr[n];
        if (segment.p_type != PT_NOTE)
            continue;
        const QByteArray id = buildIdIn(reinterpret_cast<const char*>(module->dlpi_addr + segment.p_vaddr), segment.p_memsz);
        if (!id.isEmpty())
            *static_cast<QByteArray*>(found) = id;
    }
    return 1;   // the program itself comes first: libraries have ids too, but distributions know theirs by version
}

} // namespace

QByteArray buildId()
{
    QByteArray id;
    ::dl_iterate_phdr(lookInProgram, &id);
    return id;
}

} // namespace octavo::app
