// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CONNECT_INTERNAL_EMULATORS_H_
#define S2_CONNECT_INTERNAL_EMULATORS_H_

#include <memory>
#include <string>

#include "s2/emulator/emulator.h"

namespace s2::internal {

// The emulator of this name, which lives as long as somebody holds it; a new one for the empty
// name. Thread safe.
std::shared_ptr<Emulator> GetEmulator(const std::string& name);

}  // namespace s2::internal

#endif  // S2_CONNECT_INTERNAL_EMULATORS_H_
