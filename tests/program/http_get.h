// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_PROGRAM_HTTP_GET_H_
#define S2_TESTS_PROGRAM_HTTP_GET_H_

#include <string>

namespace s2::testing {

// The whole answer of http://127.0.0.1:`port``path`, its head too; empty: there is none.
std::string HttpGet(int port, const std::string& path);

}  // namespace s2::testing

#endif  // S2_TESTS_PROGRAM_HTTP_GET_H_
