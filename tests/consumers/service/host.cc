// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// host PLUGIN...: loads plug-ins and has each write a line.

#include <dlfcn.h>

#include <iostream>

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    void* plugin = dlopen(argv[i], RTLD_NOW | RTLD_LOCAL);
    void* write_line = plugin == nullptr ? nullptr : dlsym(plugin, "WriteLine");
    if (write_line == nullptr) {
      std::cerr << dlerror() << "\n";
      return 1;
    }
    if (!reinterpret_cast<bool (*)()>(write_line)()) return 1;
  }
}
