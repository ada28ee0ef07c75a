// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// A callback of gRPC runs after the batch it belongs to was started, often on another thread. gRPC
// orders the two with atomics in a library that is not built for ThreadSanitizer, which therefore
// takes whatever the two sides share for a race. This stands in for grpc_call_start_batch and says
// what it cannot see: the start happens before the callback.

#include <dlfcn.h>
#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc.h>
#include <grpc/slice.h>
#include <link.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

extern "C" {
void __tsan_acquire(void*);
void __tsan_release(void*);
}

namespace {

using Functor = grpc_completion_queue_functor;
using Run = void (*)(Functor*, int);

// gRPC's C++ library has a handful of functions that run callbacks. The n-th seen is kept here and
// Trampoline<n> put in its place.
constexpr size_t kMost = 16;
std::array<std::atomic<Run>, kMost> originals;

template <size_t n>
void Trampoline(Functor* functor, int ok) {
  __tsan_acquire(functor);
  originals[n].load()(functor, ok);
}

template <size_t... n>
constexpr std::array<Run, kMost> MakeTrampolines(std::index_sequence<n...>) {
  return {Trampoline<n>...};
}
constexpr auto kTrampolines = MakeTrampolines(std::make_index_sequence<kMost>());

// Does it point into the code of this program or its libraries?
bool IsCode(Run run) {
  auto address = reinterpret_cast<uintptr_t>(run);
  const auto holds = [](dl_phdr_info* info, size_t, void* address) -> int {
    for (int i = 0; i < info->dlpi_phnum; ++i) {
      const ElfW(Phdr)& segment = info->dlpi_phdr[i];
      if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
      if (*static_cast<uintptr_t*>(address) - (info->dlpi_addr + segment.p_vaddr) <
          segment.p_memsz) {
        return 1;
      }
    }
    return 0;
  };
  return dl_iterate_phdr(holds, &address) != 0;
}

// The trampoline for `run`, or nullptr when it is none that runs callbacks.
Run TrampolineFor(Run run) {
  for (size_t i = 0; i < kMost; ++i) {
    if (run == kTrampolines[i] || run == originals[i].load()) return kTrampolines[i];
  }
  if (!IsCode(run)) return nullptr;
  for (size_t i = 0; i < kMost; ++i) {
    Run seen = nullptr;
    if (originals[i].compare_exchange_strong(seen, run) || seen == run) return kTrampolines[i];
  }
  return nullptr;
}

// Of the function that this file stands in for.
template <typename Function>
Function* Original(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

void ReleaseMessage(const grpc_byte_buffer& message) {
  const grpc_slice_buffer& slices = message.data.raw.slice_buffer;
  for (size_t i = 0; i < slices.count; ++i) __tsan_release(GRPC_SLICE_START_PTR(slices.slices[i]));
}

}  // namespace

extern "C" grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* ops, size_t count,
                                                 void* tag, void* reserved) {
  static auto* const original = Original<decltype(grpc_call_start_batch)>("grpc_call_start_batch");
  for (size_t i = 0; i < count; ++i) {
    const grpc_op& op = ops[i];
    if (op.op == GRPC_OP_SEND_MESSAGE) ReleaseMessage(*op.data.send_message.send_message);
  }
  // A blocking call's tag begins with a pointer to its virtual functions instead: not code.
  if (auto* functor = static_cast<Functor*>(tag)) {
    if (const Run trampoline = TrampolineFor(functor->functor_run)) {
      functor->functor_run = trampoline;
      __tsan_release(functor);
    }
  }
  return original(call, ops, count, tag, reserved);
}

extern "C" int grpc_byte_buffer_reader_peek(grpc_byte_buffer_reader* reader, grpc_slice** slice) {
  static auto* const original =
      Original<decltype(grpc_byte_buffer_reader_peek)>("grpc_byte_buffer_reader_peek");
  const int found = original(reader, slice);
  if (found != 0) __tsan_acquire(GRPC_SLICE_START_PTR(**slice));
  return found;
}
