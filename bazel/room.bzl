# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The s2-cpp authors

"""A room of s2-cpp as one library: its headers are "s2/ROOM/FILE.h"."""

load("@rules_cc//cc:defs.bzl", "cc_library")

def room(name, deps, exclude = [], **kwargs):
    cc_library(
        name = name,
        srcs = native.glob(["*.cc", "internal/**/*.cc"], exclude = exclude, allow_empty = True),
        # The headers within the rooms are no interface, but rooms share some.
        hdrs = native.glob(["*.h", "internal/**/*.h"], allow_empty = True),
        include_prefix = "s2/" + name,
        visibility = ["//visibility:public"],
        deps = deps,
        **kwargs
    )
