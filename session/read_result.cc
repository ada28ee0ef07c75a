// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/read_result.h"

namespace s2 {

ReadResult ReadResult::End() {
  ReadResult result;
  result.end = true;
  return result;
}

}  // namespace s2
