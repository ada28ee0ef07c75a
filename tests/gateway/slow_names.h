// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_GATEWAY_SLOW_NAMES_H_
#define S2_TESTS_GATEWAY_SLOW_NAMES_H_

#include <string>

namespace s2::testing {

// While it lives, to look up a name that ends with ".slow" takes until Answer: a program that links
// this has a getaddrinfo of its own, which is the system's for other names. At most one at a time.
class SlowNames {
 public:
  SlowNames();
  // Answers what is left.
  ~SlowNames();
  SlowNames(const SlowNames&) = delete;
  SlowNames& operator=(const SlowNames&) = delete;

  // Waits until this name is being looked up, by so many at a time. False: it was not.
  bool AwaitAsked(const std::string& name, int times = 1);
  // How often it was asked for so far.
  int asked(const std::string& name);
  // From now on, 127.0.0.1 is the address of all of them.
  void Answer();
};

}  // namespace s2::testing

#endif  // S2_TESTS_GATEWAY_SLOW_NAMES_H_
