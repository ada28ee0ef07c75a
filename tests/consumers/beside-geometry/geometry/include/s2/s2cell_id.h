// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_S2CELL_ID_H_
#define S2_S2CELL_ID_H_

#include <string>

class S2CellId {
 public:
  std::string ToToken() const;
};

#endif  // S2_S2CELL_ID_H_
