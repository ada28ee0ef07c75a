// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_INTERNAL_CALL_USER_H_
#define S2_RETRY_INTERNAL_CALL_USER_H_

#include <exception>
#include <utility>

namespace s2::internal {

// Ends the process because a user's code has thrown: "s2: `what` threw an exception: `why`" on
// stderr, then std::terminate.
[[noreturn]] void OnUserException(const char* what, const char* why) noexcept;

// Calls code of the user's, which may not throw: an exception would cross code that does not expect
// one, and leave a session, a call or a thread in the middle of a step. So it ends the process, the
// same way wherever the code was called, and says whose it was: `what`, as in "a callback". All
// code of users' is called through this function.
template <typename Function, typename... Args>
decltype(auto) CallUser(const char* what, Function&& function, Args&&... args) noexcept {
  try {
    return std::forward<Function>(function)(std::forward<Args>(args)...);
  } catch (const std::exception& e) {
    OnUserException(what, e.what());
  } catch (...) {
    OnUserException(what, "no std::exception");
  }
}

}  // namespace s2::internal

#endif  // S2_RETRY_INTERNAL_CALL_USER_H_
