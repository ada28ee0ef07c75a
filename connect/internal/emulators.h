// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CONNECT_INTERNAL_EMULATORS_H_
#define S2_CONNECT_INTERNAL_EMULATORS_H_

#include <memory>
#include <string>

#include "s2/emulator/emulator.h"

namespace s2::internal {

// An emulator and a claim to its name. A name means this emulator for as long as somebody holds its
// claim, and a claim is only held by who holds the emulator too. Letting go of the claim is legal
// anywhere, even in a reaction of gRPC; letting go of the emulator, which may end it, is not.
struct ClaimedEmulator {
  std::shared_ptr<Emulator> emulator;
  std::shared_ptr<const void> claim;
};

// The emulator of this name; a new one for the empty name. Thread safe.
ClaimedEmulator GetEmulator(const std::string& name);

}  // namespace s2::internal

#endif  // S2_CONNECT_INTERNAL_EMULATORS_H_
