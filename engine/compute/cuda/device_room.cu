// SPDX-License-Identifier: Apache-2.0
// What Device does about room, on any device.
#include <algorithm>

#include "compute/cuda/device.h"

namespace octavo::cuda {

void Device::add(RoomMaker& maker)
{
    const std::scoped_lock lock(m_roomMutex);
    m_roomMakers.push_back(&maker);
}

void Device::remove(RoomMaker& maker)
{
    const std::scoped_lock lock(m_roomMutex);
    std::erase(m_roomMakers, &maker);
}

std::uint64_t Device::roomToMake() const
{
    const std::scoped_lock lock(m_roomMutex);
    std::uint64_t bytes = 0;
    for (const RoomMaker* maker : m_roomMakers)
        bytes += maker->roomToMake();
    return bytes;
}

bool Device::makeRoom(std::size_t bytes)
{
    const std::scoped_lock lock(m_roomMutex);
    if (m_makingRoom)
        return false; // who makes room has what there is, and no more
    struct Making {
        explicit Making(bool& making) : m_making(making) { m_making = true; }
        ~Making() { m_making = false; }
        bool& m_making;
    } making(m_makingRoom);
    return std::ranges::any_of(m_roomMakers, [bytes](RoomMaker* maker) { return maker->makeRoom(bytes); });
}

} // namespace octavo::cuda
