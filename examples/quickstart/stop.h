// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EXAMPLES_QUICKSTART_STOP_H_
#define S2_EXAMPLES_QUICKSTART_STOP_H_

namespace quickstart {

// Ends the input, once set: by Ctrl-C, or by a session that has failed. One a process; thread
// safe.
class Stop {
 public:
  Stop();
  ~Stop();
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;

  // From here on the first SIGINT sets it; the second ends the process, as ever.
  void CatchInterrupt();

  void Set();

  // Readable once it is set.
  int fd() const { return fd_; }

 private:
  const int fd_;
};

}  // namespace quickstart

#endif  // S2_EXAMPLES_QUICKSTART_STOP_H_
